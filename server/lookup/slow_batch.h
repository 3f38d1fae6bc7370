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
#include "server/transport/rpc.h"

namespace vtlookup {

// Handles a BatchLookup call with hundreds of internationalised names, which
// take too long to parse for the thread of a queue. The rest of the batch is
// tried on a thread of an executor. The call owns this object. Thread-safe.
class SlowBatch final : public Reactor {
 public:
  // The misses of the batch and how long to wait for them; `batch` is null when
  // the call is finished.
  struct Left {
    std::unique_ptr<PendingBatch> batch;
    absl::Duration patience;
  };

  // Tries the indicators that were not tried yet, in parts, as long as the call
  // is not `cancelled`; then it may finish the call anyhow.
  using Rest = std::function<Left(const std::atomic<bool>& cancelled)>;
  explicit SlowBatch(Rest rest) : rest_(std::move(rest)) {}

  // Calls `rest`, and starts to wait for what is left. Once, on the executor's
  // thread.
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
