#include "server/lookup/slow_batch.h"

namespace vtlookup {

void SlowBatch::OnCancel() {
  cancelled_.store(true);
  MutexLock lock(mu_);
  if (batch_ != nullptr) batch_->OnCancel();
}

// This object must not be touched once the call is finished, which may happen
// before `rest_` or PendingBatch::Start returns.
void SlowBatch::Run() {
  Left left = rest_(cancelled_);
  if (left.batch == nullptr) return;
  PendingBatch& batch = *left.batch;
  absl::Duration patience = left.patience;
  {
    MutexLock lock(mu_);
    batch_ = std::move(left.batch);
    // A cancel that came before now found no batch to cancel; so the batch gets
    // no time to wait.
    if (cancelled_.load()) patience = absl::ZeroDuration();
  }
  batch.Start(patience);
}

}  // namespace vtlookup
