#include "server/operators/failure_log.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/failure.h"

namespace vtlookup {

FailureLog::FailureLog(std::function<void(std::string_view)> write)
    : write_(std::move(write)) {}

void FailureLog::Note(const absl::Status& failure, absl::Duration now) {
  const std::string reason = FailureOf(failure).reason;
  Told& told = by_reason_[reason];
  ++told.since;
  if (now < told.next) return;
  write_(absl::StrCat(
      reason, ": ", failure.message(), " (", told.since,
      told.since == 1 ? " failure)" : " failures since this was last logged)"));
  told = {now + kPause, 0};
}

}  // namespace vtlookup
