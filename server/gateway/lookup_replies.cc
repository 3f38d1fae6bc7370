#include "server/gateway/lookup_replies.h"

#include <utility>

#include "server/gateway/cache_status.h"
#include "server/gateway/json.h"
#include "server/misses/refusals.h"
#include "server/transport/grpc_status.h"

namespace vtlookup {
namespace {

GatewayReply Json(std::string body) {
  return {.status = 200, .body = std::move(body)};
}

uint64_t SizeOf(const Answer& answer) {
  return answer.entry.value->size() +
         (answer.raw == nullptr ? 0 : answer.raw->size());
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
    if (answer.ok()) bytes += SizeOf(*answer);
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
