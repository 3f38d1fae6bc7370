#include "client/client.h"

#include <grpc/support/time.h>

#include <utility>

#include "grpcpp/client_context.h"

namespace vtlookup {
namespace {

absl::Status ToAbslStatus(const grpc::Status& status) {
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                      status.error_message());
}

void SetDeadline(absl::Duration timeout, grpc::ClientContext* context) {
  // By gRPC's clock, which no change of the time of day disturbs.
  context->set_deadline(gpr_time_add(
      gpr_now(GPR_CLOCK_MONOTONIC),
      gpr_time_from_millis(absl::ToInt64Milliseconds(timeout), GPR_TIMESPAN)));
}

}  // namespace

Client::Client(std::shared_ptr<grpc::Channel> channel)
    : Client(std::move(channel), Options()) {}

Client::Client(std::shared_ptr<grpc::Channel> channel, Options options)
    : stub_(v1::LookupService::NewStub(std::move(channel))),
      options_(options) {}

absl::StatusOr<v1::LookupResponse> Client::Lookup(
    const v1::Indicator& indicator, const v1::LookupOptions& options) const {
  grpc::ClientContext context;
  SetDeadline(options_.timeout, &context);
  v1::LookupRequest request;
  *request.mutable_indicator() = indicator;
  *request.mutable_options() = options;
  v1::LookupResponse response;
  const grpc::Status status = stub_->Lookup(&context, request, &response);
  if (!status.ok()) return ToAbslStatus(status);
  return response;
}

absl::StatusOr<v1::BatchLookupResponse> Client::BatchLookup(
    const std::vector<v1::Indicator>& indicators,
    const v1::LookupOptions& options) const {
  grpc::ClientContext context;
  SetDeadline(options_.timeout, &context);
  v1::BatchLookupRequest request;
  request.mutable_indicators()->Assign(indicators.begin(), indicators.end());
  *request.mutable_options() = options;
  v1::BatchLookupResponse response;
  const grpc::Status status = stub_->BatchLookup(&context, request, &response);
  if (!status.ok()) return ToAbslStatus(status);
  return response;
}

absl::StatusOr<v1::Verdict> Client::SubmitUrl(const std::string& url) const {
  grpc::ClientContext context;
  SetDeadline(options_.timeout, &context);
  v1::SubmitUrlRequest request;
  request.set_url(url);
  v1::SubmitUrlResponse response;
  const grpc::Status status = stub_->SubmitUrl(&context, request, &response);
  if (!status.ok()) return ToAbslStatus(status);
  return std::move(*response.mutable_verdict());
}

}  // namespace vtlookup
