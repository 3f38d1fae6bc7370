#ifndef VTLOOKUP_SERVER_MISSES_MISS_H_
#define VTLOOKUP_SERVER_MISSES_MISS_H_

#include "core/indicator.h"
#include "server/verdicts/want.h"

namespace vtlookup {

// A lookup that the fast path could not answer, for the Resolver.
struct Miss {
  Indicator indicator;
  Want want;
  // True when only the disk can tell whether the indicator is cached, and the
  // disk has not been read.
  bool unread = false;
  Requester requester = {};  // filled in by the call that waits
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_MISSES_MISS_H_
