#include "server/gateway/lookup_replies.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/gateway/json.h"
#include "server/misses/refusals.h"
#include "server/transport/grpc_status.h"

namespace vtlookup {
namespace {

GatewayReply Json(std::string body) {
  return {.status = 200, .body = std::move(body)};
}

// Says where an answer came from (RFC 9211).
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

void NameOrigin(const Answer& answer, absl::Time now, GatewayReply* reply) {
  reply->headers.emplace_back("Cache-Status", CacheStatusOf(answer, now));
  if (answer.source == v1::SOURCE_LOCAL) return;
  const int64_t age = absl::ToInt64Seconds(now - answer.entry.stored);
  reply->headers.emplace_back("Age", absl::StrCat(std::max<int64_t>(age, 0)));
}

// Says how many of the answers came from the cache.
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

}  // namespace

GatewayReply LookupReply(const Answer& answer, v1::View view, absl::Time now) {
  GatewayReply reply = Json(JsonOf(ResponseOf(answer, view)));
  NameOrigin(answer, now, &reply);
  return reply;
}

GatewayReply BatchReply(const Lookups::Answers& answers, v1::View view,
                        uint64_t max_bytes) {
  v1::BatchLookupResponse response;
  uint64_t bytes = 0;
  for (const absl::StatusOr<Answer>& answer : answers) {
    v1::LookupResult& result = *response.add_results();
    bytes += answer.ok() ? answer->entry.value->size() : 0;
    if (!answer.ok()) {
      *result.mutable_error() = ToRpcStatus(answer.status());
    } else if (bytes > max_bytes) {
      *result.mutable_error() = ToRpcStatus(ReplyTooLarge(max_bytes));
    } else {
      *result.mutable_response() = ResponseOf(*answer, view);
    }
  }
  GatewayReply reply = Json(JsonOf(response));
  NameOrigins(answers, &reply);
  return reply;
}

GatewayReply SubmitReply(const Answer& answer) {
  v1::SubmitUrlResponse response;
  *response.mutable_verdict() = ResponseOf(answer, v1::VIEW_FULL).verdict();
  return Json(JsonOf(response));
}

GatewayReply FieldsReply(v1::DnifLookup lookup,
                         const std::vector<std::string>& texts,
                         const Lookups::Answers& answers, uint64_t max_bytes) {
  std::string body = R"({"fields":[)";
  uint64_t bytes = 0;
  for (size_t i = 0; i < answers.size(); ++i) {
    if (i > 0) body.push_back(',');
    bytes += answers[i].ok() ? answers[i]->entry.value->size() : 0;
    AppendFields(lookup, texts[i],
                 bytes > max_bytes ? ReplyTooLarge(max_bytes) : answers[i],
                 &body);
  }
  body.append("]}\n");
  GatewayReply reply = Json(std::move(body));
  NameOrigins(answers, &reply);
  return reply;
}

}  // namespace vtlookup
