#ifndef VTLOOKUP_CLIENT_COMMAND_VALUES_H_
#define VTLOOKUP_CLIENT_COMMAND_VALUES_H_

#include <cstddef>
#include <istream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "vtlookup/v1/indicator.pb.h"

namespace vtlookup {

// Values as people give them: as words of a command line, or in lists.

// The most values of one list; `vtlookup enrich` takes any number of rows.
inline constexpr size_t kMostValues = 1'000'000;

// Returns the indicator that a text is by its form: a hash of a file, the id of
// a URL scan, an IP address, a URL (with `://`, a path or a port), or a domain
// (with a dot). Nothing when it has none of these forms, has a blank in it, or
// is a network such as 10.0.0.0/8. Thread-safe.
std::optional<v1::Indicator> GuessIndicator(std::string_view text);

// A value in a list.
struct ListedValue {
  std::string text;
  size_t line = 0;  // from 1
};

// Returns the values of a list: one to a line, without blanks around it. `#` at
// the beginning of a line or behind a blank begins a comment. Empty lines are
// skipped; an empty list has no values
// and is no error. InvalidArgument when the list cannot be read, has more than
// kMostValues, or has a line that is not UTF-8. `name` is that of the list, for
// the error.
absl::StatusOr<std::vector<ListedValue>> ReadValues(std::istream& in,
                                                    const std::string& name);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_VALUES_H_
