#ifndef VTLOOKUP_SERVER_SLOW_BATCH_H_
#define VTLOOKUP_SERVER_SLOW_BATCH_H_

#include <functional>
#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "core/executor.h"
#include "core/mutex.h"
#include "server/pending_batch.h"
#include "server/rpc.h"

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

  // `rest` tries the indicators that were not tried yet. Called once, on the
  // executor's thread.
  explicit SlowBatch(std::function<Left()> rest) : rest_(std::move(rest)) {}

  // Has `rest` called on `executor`. Does not wait. Once, by the handler.
  void StartOn(Executor& executor);

  void OnCancel() override ABSL_LOCKS_EXCLUDED(mu_);

 private:
  void Run() ABSL_LOCKS_EXCLUDED(mu_);

  const std::function<Left()> rest_;
  Mutex mu_;
  bool cancelled_ ABSL_GUARDED_BY(mu_) = false;
  std::unique_ptr<PendingBatch> batch_ ABSL_GUARDED_BY(mu_);
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_SLOW_BATCH_H_
