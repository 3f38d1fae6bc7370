#include "server/transport/grpc_status.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "core/failure.h"
#include "core/failure_reasons.h"
#include "core/text.h"
#include "google/rpc/error_details.pb.h"
#include "server/proto/times.h"

namespace vtlookup {
namespace {

constexpr char kDomain[] = "vtlookup";

template <typename Detail>
void AddDetail(const Detail& detail, google::rpc::Status* status) {
  status->add_details()->PackFrom(detail);
}

void AddErrorInfo(const absl::Status& status, const Failure& failure,
                  google::rpc::Status* out) {
  google::rpc::ErrorInfo info;
  // The names of the codes are UPPER_SNAKE_CASE too.
  info.set_reason(failure.reason.empty()
                      ? absl::StatusCodeToString(status.code())
                      : failure.reason);
  info.set_domain(kDomain);
  if (!failure.quota.empty()) {
    (*info.mutable_metadata())["quota"] = failure.quota;
  }
  AddDetail(info, out);
}

std::string DescriptionOf(const std::string& quota) {
  if (quota == "burst") {
    return "VirusTotal has had too many requests in a short time";
  }
  if (quota == "unknown") {
    return "VirusTotal says that a quota of the API key is used up, but not "
           "which one";
  }
  return absl::StrCat("the requests per ", quota, " are used up");
}

// Returns the pause after which a client may retry by itself, or "-1" when it
// should not: only the caller can decide to spend VirusTotal's quota again.
std::string PushbackOf(const Failure& failure) {
  const absl::Duration longest = absl::Seconds(1);
  const absl::Duration pause =
      failure.retry_after.value_or(absl::InfiniteDuration());
  if (pause > longest) return "-1";
  return absl::StrCat(absl::ToInt64Milliseconds(pause));
}

}  // namespace

google::rpc::Status ToRpcStatus(const absl::Status& status) {
  const Failure failure = FailureOf(status);
  google::rpc::Status out;
  out.set_code(static_cast<int>(status.code()));
  out.set_message(std::string(status.message()));
  AddErrorInfo(status, failure, &out);
  if (failure.retry_after.has_value()) {
    google::rpc::RetryInfo retry;
    SetDuration(*failure.retry_after, retry.mutable_retry_delay());
    AddDetail(retry, &out);
  }
  if (!failure.quota.empty()) {
    google::rpc::QuotaFailure quota;
    auto* const violation = quota.add_violations();
    violation->set_subject(failure.reason == reasons::kClientShareUsedUp
                               ? "client"
                               : "virustotal api key");
    violation->set_description(DescriptionOf(failure.quota));
    AddDetail(quota, &out);
  }
  if (!failure.field.empty()) {
    google::rpc::BadRequest request;
    auto* const violation = request.add_field_violations();
    violation->set_field(failure.field);
    violation->set_description(std::string(status.message()));
    AddDetail(request, &out);
  }
  return out;
}

grpc::Status ToGrpcStatus(const absl::Status& status,
                          grpc::ServerContextBase* context) {
  if (status.ok()) return grpc::Status::OK;
  if (status.code() == absl::StatusCode::kUnavailable) {
    context->AddTrailingMetadata("grpc-retry-pushback-ms",
                                 PushbackOf(FailureOf(status)));
  }
  const google::rpc::Status rpc = ToRpcStatus(status);
  return grpc::Status(static_cast<grpc::StatusCode>(rpc.code()), rpc.message(),
                      rpc.SerializeAsString());
}

absl::Status BadField(std::string_view field, std::string_view description) {
  return FailureStatus(
      absl::StatusCode::kInvalidArgument,
      absl::StrCat(ToAbsl(field), ": ", ToAbsl(description)),
      {.reason = reasons::kBadRequest, .field = std::string(field)});
}

}  // namespace vtlookup
