#ifndef VTLOOKUP_SERVER_LOOKUP_SLOW_BATCH_H_
#define VTLOOKUP_SERVER_LOOKUP_SLOW_BATCH_H_

#include <atomic>
#include <functional>
#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "core/mutex.h"
#include "server/lookup/pending_batch.h"
#include "server/transport/queued_call.h"

namespace vtlookup {

// Handles a BatchLookup call with so many internationalised names that parsing
// them would hold up the thread of a queue: more than FastPath::kCostlyAtOnce.
// A thread of an executor tries the rest of the batch. The rpc owns this
// object. Thread-safe.
class SlowBatch final : public Reactor {
 public:
  // The batch that waits for its misses, and how long to wait for them. `batch`
  // is null when the call is finished.
  struct Left {
    std::unique_ptr<PendingBatch> batch;
    absl::Duration patience;
  };

  // Tries the indicators that were not tried yet, in parts. Stops when
  // `cancelled` becomes true, and then finishes the call with any status.
  using Rest = std::function<Left(const std::atomic<bool>& cancelled)>;
  explicit SlowBatch(Rest rest) : rest_(std::move(rest)) {}

  // Calls `rest`, and starts the batch that it returns. Called once, on a
  // thread of the executor.
  void Run() ABSL_LOCKS_EXCLUDED(mu_);

  void OnCancel() override ABSL_LOCKS_EXCLUDED(mu_);

 private:
  const Rest rest_;
  std::atomic<bool> cancelled_{false};
  Mutex mu_;
  std::unique_ptr<PendingBatch> batch_ ABSL_GUARDED_BY(mu_);
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_LOOKUP_SLOW_BATCH_H_
