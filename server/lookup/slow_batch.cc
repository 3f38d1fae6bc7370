#include "server/lookup/slow_batch.h"

namespace vtlookup {

void SlowBatch::OnCancel() {
  cancelled_.store(true);
  MutexLock lock(mu_);
  if (batch_ != nullptr) batch_->OnCancel();
}

// Nothing of this may be touched once the call is finished, which may be before
// `rest_` or PendingBatch::Start return.
void SlowBatch::Run() {
  Left left = rest_(cancelled_);
  if (left.batch == nullptr) return;
  PendingBatch& batch = *left.batch;
  absl::Duration patience = left.patience;
  {
    MutexLock lock(mu_);
    batch_ = std::move(left.batch);
    // A cancel that came before found no batch; so nothing is waited for.
    if (cancelled_.load()) patience = absl::ZeroDuration();
  }
  batch.Start(patience);
}

}  // namespace vtlookup
