#include "server/clients/caller.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/failure.h"
#include "core/failure_reasons.h"

namespace vtlookup {
namespace {

std::string RoleName(v1::Role role) {
  switch (role) {
    case v1::ROLE_SUBMIT:
      return "submit";
    case v1::ROLE_REFRESH:
      return "refresh";
    case v1::ROLE_ADMIN:
      return "admin";
    default:
      return "lookup";
  }
}

}  // namespace

absl::Duration LookupAllowance::Take(uint32_t per_minute, size_t count,
                                     absl::Duration now) {
  const double rate = per_minute / 60.0;  // in a second
  MutexLock lock(mu_);
  if (filled_ == -absl::InfiniteDuration()) {
    left_ = per_minute;
  } else {
    const double passed = std::max(0.0, absl::ToDoubleSeconds(now - filled_));
    left_ = std::min<double>(per_minute, left_ + passed * rate);
  }
  filled_ = now;
  // A batch that is larger than the rest is let through, and later calls are
  // refused until one lookup is left again. Otherwise a batch above the limit
  // could never be served.
  if (left_ < 1) return absl::Seconds((1 - left_) / rate);
  left_ -= static_cast<double>(count);
  return absl::ZeroDuration();
}

const std::string& Caller::name() const {
  static const std::string* const none = new std::string;
  return name_ == nullptr ? *none : *name_;
}

absl::Status Caller::Require(v1::Role role) const {
  if (may(role)) return absl::OkStatus();
  return FailureStatus(
      absl::StatusCode::kPermissionDenied,
      absl::StrCat("client ", name(), " lacks the role ", RoleName(role)),
      {.reason = reasons::kRoleMissing});
}

absl::Status Caller::Spend(size_t lookups, const Clock& clock) const {
  const absl::Duration wait =
      allowance_ == nullptr
          ? absl::ZeroDuration()
          : allowance_->Take(lookups_per_minute_, lookups, clock.Uptime());
  const bool allowed = wait <= absl::ZeroDuration();
  if (use_ != nullptr) (allowed ? use_->lookups : use_->refused).Add(lookups);
  if (allowed) return absl::OkStatus();
  return FailureStatus(
      absl::StatusCode::kResourceExhausted,
      absl::StrCat("client ", name(), " has reached its limit of ",
                   lookups_per_minute_,
                   " lookups per minute (lookups_per_minute)"),
      {.reason = reasons::kClientRateLimited,
       .retry_after = std::max(wait, absl::Milliseconds(100))});
}

}  // namespace vtlookup
