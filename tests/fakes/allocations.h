#ifndef VTLOOKUP_TESTS_FAKES_ALLOCATIONS_H_
#define VTLOOKUP_TESTS_FAKES_ALLOCATIONS_H_

#include <cstdint>

namespace vtlookup {

// Returns how often `new` was called on this thread. Always 0 under a
// sanitizer, which needs its own `new`.
uint64_t Allocations();

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_FAKES_ALLOCATIONS_H_
