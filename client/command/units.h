#ifndef VTLOOKUP_CLIENT_COMMAND_UNITS_H_
#define VTLOOKUP_CLIENT_COMMAND_UNITS_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"

namespace vtlookup {

// Numbers as people read them. Pure functions; thread-safe.

// Returns "1,234,567".
std::string Grouped(uint64_t number);

// Returns the greatest unit of a duration, and the next smaller one unless that
// is 0: "3 d 4 h", "5 min", "0 s".
std::string LongOf(absl::Duration duration);

// Returns a size such as "181 MiB".
std::string SizeOf(uint64_t bytes);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_UNITS_H_
