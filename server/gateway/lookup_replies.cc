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

// Returns a LookupResult in protobuf's JSON mapping.
std::string ResultJson(const absl::StatusOr<Answer>& answer, v1::View view) {
  v1::LookupResult result;
  if (answer.ok()) {
    *result.mutable_response() = ResponseOf(*answer, view);
  } else {
    *result.mutable_error() = ToRpcStatus(answer.status());
  }
  std::string json = JsonOf(result);
  json.pop_back();  // the line break
  return json;
}

}  // namespace

GatewayReply LookupReply(const Answer& answer, v1::View view, absl::Time now) {
  GatewayReply reply = Json(JsonOf(ResponseOf(answer, view)));
  NameOrigin(answer, now, &reply);
  return reply;
}

// Each result is written by itself, because the messages of ten thousand
// verdicts would take several times the memory of their JSON.
GatewayReply BatchReply(const Lookups::Answers& answers, v1::View view,
                        uint64_t max_bytes) {
  std::string body = R"({"results":[)";
  for (size_t i = 0; i < answers.size(); ++i) {
    if (i > 0) body.push_back(',');
    const size_t before = body.size();
    body.append(ResultJson(answers[i], view));
    if (body.size() <= max_bytes) continue;
    body.resize(before);
    body.append(ResultJson(ReplyTooLarge(max_bytes), view));
  }
  body.append("]}\n");
  GatewayReply reply = Json(std::move(body));
  NameOrigins(answers, &reply);
  return reply;
}

GatewayReply SubmitReply(const Answer& answer, absl::Time now) {
  v1::SubmitUrlResponse response;
  *response.mutable_verdict() = ResponseOf(answer, v1::VIEW_FULL).verdict();
  GatewayReply reply = Json(JsonOf(response));
  NameOrigin(answer, now, &reply);
  return reply;
}

GatewayReply FieldsReply(v1::DnifLookup lookup,
                         const std::vector<std::string>& texts,
                         const Lookups::Answers& answers, uint64_t max_bytes) {
  std::string body = R"({"fields":[)";
  for (size_t i = 0; i < answers.size(); ++i) {
    if (i > 0) body.push_back(',');
    const size_t before = body.size();
    AppendFields(lookup, texts[i], answers[i], &body);
    if (body.size() <= max_bytes) continue;
    body.resize(before);
    AppendFields(lookup, texts[i], ReplyTooLarge(max_bytes), &body);
  }
  body.append("]}\n");
  GatewayReply reply = Json(std::move(body));
  NameOrigins(answers, &reply);
  return reply;
}

}  // namespace vtlookup
