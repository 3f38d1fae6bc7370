#include "server/gateway/cache_status.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"

namespace vtlookup {
namespace {

std::string CacheStatusOf(const Answer& answer, absl::Time now) {
  const std::string detail = std::string(SourceName(answer.source));
  switch (answer.source) {
    case v1::SOURCE_LOCAL:
      return "vtlookupd; detail=local";
    case v1::SOURCE_VIRUSTOTAL:
      return "vtlookupd; fwd=miss; detail=virustotal";
    default:
      return absl::StrCat("vtlookupd; hit; ttl=",
                          absl::ToInt64Seconds(answer.entry.fresh_until - now),
                          "; detail=", detail);
  }
}

}  // namespace

void NameOrigin(const Answer& answer, absl::Time now, GatewayReply* reply) {
  reply->headers.emplace_back("Cache-Status", CacheStatusOf(answer, now));
  if (answer.source == v1::SOURCE_LOCAL) return;
  const int64_t age = absl::ToInt64Seconds(now - answer.entry.stored);
  reply->headers.emplace_back("Age", absl::StrCat(std::max<int64_t>(age, 0)));
}

void NameOrigins(const Lookups::Answers& answers, GatewayReply* reply) {
  size_t cached = 0;
  for (const absl::StatusOr<Answer>& answer : answers) {
    cached += answer.ok() && answer->source != v1::SOURCE_VIRUSTOTAL ? 1 : 0;
  }
  reply->headers.emplace_back(
      "Cache-Status",
      absl::StrCat("vtlookupd; ", cached == answers.size() ? "hit" : "fwd=miss",
                   "; detail=\"", cached, " of ", answers.size(),
                   " from the cache\""));
}

}  // namespace vtlookup
