#ifndef VTLOOKUP_SERVER_MISSES_MISS_H_
#define VTLOOKUP_SERVER_MISSES_MISS_H_

#include "core/indicator.h"
#include "server/verdicts/acceptance.h"

namespace vtlookup {

// A lookup that could not be answered at once.
struct Miss {
  Indicator indicator;
  Want want;
  // Only the disk can tell whether it is cached, and has not been read.
  bool unread = false;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_MISSES_MISS_H_
