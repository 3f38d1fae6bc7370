#ifndef VTLOOKUP_SERVER_LOOKUP_OPEN_STREAMS_H_
#define VTLOOKUP_SERVER_LOOKUP_OPEN_STREAMS_H_

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "core/mutex.h"

namespace vtlookup {

class PendingStream;

// The table of the open streams, with which the daemon ends them when it stops;
// otherwise a stream lasts as long as its client likes. Borrows the streams.
// Thread-safe. A stream must not be removed from within its own Leave.
class OpenStreams {
 public:
  // False after EndAll: the stream was not added, and must Leave by itself.
  bool Add(PendingStream* stream) ABSL_LOCKS_EXCLUDED(mu_);
  // No effect when the stream is not in the table.
  void Remove(PendingStream* stream) ABSL_LOCKS_EXCLUDED(mu_);

  // Calls Leave of all streams, and lets Add fail from now on.
  void EndAll() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  Mutex mu_;
  bool ended_ ABSL_GUARDED_BY(mu_) = false;
  absl::flat_hash_set<PendingStream*> streams_ ABSL_GUARDED_BY(mu_);
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_LOOKUP_OPEN_STREAMS_H_
