#include "server/misses/client_shares.h"

#include "absl/strings/str_cat.h"
#include "core/failure.h"
#include "core/failure_reasons.h"

namespace vtlookup {

absl::Status ClientShares::Take(const std::string& client, uint32_t per_day,
                                const Moment& now) {
  if (day_.Roll(now)) used_.clear();
  uint32_t& used = used_[client];
  if (used >= per_day) {
    return FailureStatus(
        absl::StatusCode::kResourceExhausted,
        absl::StrCat("client ", client, " has used all of its ", per_day,
                     " requests to VirusTotal for today (requests_per_day)"),
        {.reason = reasons::kClientShareUsedUp,
         .retry_after = day_.Left(now),
         .quota = "client and day"});
  }
  ++used;
  return absl::OkStatus();
}

void ClientShares::Add(const std::string& client, uint32_t requests,
                       const Moment& now) {
  if (day_.Roll(now)) used_.clear();
  used_[client] += requests;
}

void ClientShares::GiveBack(const std::string& client) {
  const auto found = used_.find(client);
  if (found != used_.end() && found->second > 0) --found->second;
}

}  // namespace vtlookup
