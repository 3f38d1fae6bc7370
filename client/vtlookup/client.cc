#include "vtlookup/client.h"

#include <thread>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"

#include "vtlookup/deadline.h"

namespace vtlookup {
namespace {

absl::Status ToAbslStatus(const grpc::Status& status) {
  absl::Status out(static_cast<absl::StatusCode>(status.error_code()),
                   status.error_message());
  if (!status.error_details().empty()) {
    out.SetPayload(Client::kDetails, absl::Cord(status.error_details()));
  }
  return out;
}

// True on gRPC's own threads, once they have run a `done`.
thread_local bool on_grpc_thread = false;

// When the last channel is destroyed, gRPC 1.51 joins its callback threads, and
// crashes if one of these destroys it. So they leave that to a new thread.
void DeleteStub(v1::LookupService::Stub* stub) {
  if (!on_grpc_thread) {
    delete stub;
    return;
  }
  std::thread([stub] { delete stub; }).detach();
}

// An asynchronous call; it lives until its answer. The context holds a
// reference to the channel, so the stub must be destroyed after it.
template <typename Request, typename Response>
struct AsyncCall {
  std::shared_ptr<v1::LookupService::Stub> stub;
  grpc::ClientContext context;
  Request request;
  Response response;
};

}  // namespace

Client::Client(std::shared_ptr<grpc::Channel> channel)
    : Client(std::move(channel), Options()) {}

Client::Client(std::shared_ptr<grpc::Channel> channel, Options options)
    : stub_(v1::LookupService::NewStub(std::move(channel)).release(),
            DeleteStub),
      options_(std::move(options)) {}

void Client::Prepare(grpc::ClientContext* context) const {
  if (!options_.token.empty()) {
    context->AddMetadata("authorization", "Bearer " + options_.token);
  }
}

void Client::Deadline(grpc::ClientContext* context) const {
  context->set_deadline(DeadlineAfter(options_.timeout));
}

absl::StatusOr<v1::LookupResponse> Client::Lookup(
    const v1::Indicator& indicator, const v1::LookupOptions& options) const {
  grpc::ClientContext context;
  Prepare(&context);
  Deadline(&context);
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
  Prepare(&context);
  Deadline(&context);
  v1::BatchLookupRequest request;
  request.mutable_indicators()->Assign(indicators.begin(), indicators.end());
  *request.mutable_options() = options;
  v1::BatchLookupResponse response;
  const grpc::Status status = stub_->BatchLookup(&context, request, &response);
  if (!status.ok()) return ToAbslStatus(status);
  if (static_cast<size_t>(response.results_size()) != indicators.size()) {
    return absl::InternalError(
        absl::StrCat("the daemon sent ", response.results_size(),
                     " results for ", indicators.size(),
                     " indicators; perhaps client and daemon have different "
                     "versions: compare `--version` of both"));
  }
  return response;
}

absl::StatusOr<v1::Verdict> Client::SubmitUrl(const std::string& url) const {
  grpc::ClientContext context;
  Prepare(&context);
  Deadline(&context);
  v1::SubmitUrlRequest request;
  request.set_url(url);
  v1::SubmitUrlResponse response;
  const grpc::Status status = stub_->SubmitUrl(&context, request, &response);
  if (!status.ok()) return ToAbslStatus(status);
  return std::move(*response.mutable_verdict());
}

absl::Status Client::Watch(
    const v1::Indicator& indicator, bool until_final,
    const std::function<bool(const v1::LookupResponse&)>& on_answer,
    const v1::LookupOptions& options) const {
  grpc::ClientContext context;
  Prepare(&context);
  v1::WatchLookupRequest request;
  *request.mutable_indicator() = indicator;
  *request.mutable_options() = options;
  request.set_until_final(until_final);
  const auto reader = stub_->WatchLookup(&context, request);
  v1::WatchLookupResponse response;
  bool enough = false;
  while (!enough && reader->Read(&response)) {
    enough = !on_answer(response.response());
  }
  if (enough) context.TryCancel();
  const grpc::Status status = reader->Finish();
  return enough ? absl::OkStatus() : ToAbslStatus(status);
}

void Client::LookupAsync(
    const v1::Indicator& indicator,
    std::function<void(absl::StatusOr<v1::LookupResponse>)> done,
    const v1::LookupOptions& options) const {
  auto call =
      std::make_shared<AsyncCall<v1::LookupRequest, v1::LookupResponse>>();
  call->stub = stub_;
  Prepare(&call->context);
  Deadline(&call->context);
  *call->request.mutable_indicator() = indicator;
  *call->request.mutable_options() = options;
  stub_->async()->Lookup(
      &call->context, &call->request, &call->response,
      [call, done = std::move(done)](const grpc::Status& status) {
        on_grpc_thread = true;
        if (!status.ok()) return done(ToAbslStatus(status));
        done(std::move(call->response));
      });
}

void Client::SubmitUrlAsync(
    const std::string& url,
    std::function<void(absl::StatusOr<v1::Verdict>)> done) const {
  auto call = std::make_shared<
      AsyncCall<v1::SubmitUrlRequest, v1::SubmitUrlResponse>>();
  call->stub = stub_;
  Prepare(&call->context);
  Deadline(&call->context);
  call->request.set_url(url);
  stub_->async()->SubmitUrl(
      &call->context, &call->request, &call->response,
      [call, done = std::move(done)](const grpc::Status& status) {
        on_grpc_thread = true;
        if (!status.ok()) return done(ToAbslStatus(status));
        done(std::move(*call->response.mutable_verdict()));
      });
}

}  // namespace vtlookup
