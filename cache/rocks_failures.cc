#include "cache/rocks_failures.h"

#include <string>

#include "absl/strings/match.h"

namespace vtlookup {

bool IsLockHeld(const rocksdb::Status& status) {
  const std::string text = status.ToString();
  return status.IsIOError() &&
         (absl::StrContains(text, "While lock file") ||
          absl::StrContains(text, "lock hold by current process"));
}

bool IsUnreadable(const rocksdb::Status& status) {
  return status.IsCorruption() || status.IsInvalidArgument() ||
         status.IsNotSupported() || status.IsPathNotFound() ||
         status.IsNotFound();
}

void FailureListener::OnErrorRecoveryBegin(
    rocksdb::BackgroundErrorReason /*reason*/, rocksdb::Status /*error*/,
    bool* auto_recovery) {
  *auto_recovery = false;
}

void FailureListener::OnBackgroundError(
    rocksdb::BackgroundErrorReason /*reason*/, rocksdb::Status* error) {
  *failed_ = true;
  if (error->IsCorruption()) *damaged_ = true;
}

}  // namespace vtlookup
