#include "server/misses/client_shares.h"

#include "absl/strings/str_cat.h"
#include "core/failure.h"
#include "core/failure_reasons.h"

namespace vtlookup {

absl::Status ClientShares::Reserve(const std::string& client, uint32_t per_day,
                                   const Moment& now) {
  if (day_.Roll(now)) used_.clear();
  uint32_t& reserved = reserved_[client];
  if (used_[client] + reserved >= per_day) {
    return FailureStatus(
        absl::StatusCode::kResourceExhausted,
        absl::StrCat("client ", client, " has used all of its ", per_day,
                     " requests to VirusTotal for today (requests_per_day)"),
        {.reason = reasons::kClientShareUsedUp,
         .retry_after = day_.Left(now),
         .quota = "client and day"});
  }
  ++reserved;
  return absl::OkStatus();
}

void ClientShares::Add(const std::string& client, uint32_t requests,
                       const Moment& now) {
  if (day_.Roll(now)) used_.clear();
  used_[client] += requests;
}

void ClientShares::Release(const std::string& client) {
  const auto found = reserved_.find(client);
  if (found != reserved_.end() && found->second > 0) --found->second;
}

}  // namespace vtlookup
