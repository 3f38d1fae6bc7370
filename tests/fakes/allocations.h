#ifndef VTLOOKUP_TESTS_FAKES_ALLOCATIONS_H_
#define VTLOOKUP_TESTS_FAKES_ALLOCATIONS_H_

#include <cstdint>

namespace vtlookup {

// How often `new` has been called on this thread; nothing with a sanitizer,
// which needs its own.
uint64_t Allocations();

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_FAKES_ALLOCATIONS_H_
