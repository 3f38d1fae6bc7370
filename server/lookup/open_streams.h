#ifndef VTLOOKUP_SERVER_LOOKUP_OPEN_STREAMS_H_
#define VTLOOKUP_SERVER_LOOKUP_OPEN_STREAMS_H_

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "core/mutex.h"

namespace vtlookup {

class PendingStream;

// The streams that are open, so that they can be ended when the daemon stops:
// by themselves they last as long as their clients like. Thread-safe. A stream
// must not be removed from within its own Leave.
class OpenStreams {
 public:
  // False when streams are not welcome any more; then it must Leave itself.
  bool Add(PendingStream* stream) ABSL_LOCKS_EXCLUDED(mu_);
  void Remove(PendingStream* stream) ABSL_LOCKS_EXCLUDED(mu_);

  // Has all leave, and those that come from now on.
  void EndAll() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  Mutex mu_;
  bool ended_ ABSL_GUARDED_BY(mu_) = false;
  absl::flat_hash_set<PendingStream*> streams_ ABSL_GUARDED_BY(mu_);
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_LOOKUP_OPEN_STREAMS_H_
