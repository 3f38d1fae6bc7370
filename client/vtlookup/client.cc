#include "vtlookup/client.h"

#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "vtlookup/channels.h"
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

// An asynchronous call; it lives until its answer, perhaps longer than the
// client. The context holds a reference to the channel, so the slot must be
// destroyed after it.
template <typename Request, typename Response>
struct AsyncCall {
  explicit AsyncCall(Channels::Slot taken) : slot(std::move(taken)) {}
  Channels::Slot slot;
  grpc::ClientContext context;
  Request request;
  Response response;
};

}  // namespace

Client::Client(std::shared_ptr<grpc::Channel> channel)
    : Client(std::move(channel), Options()) {}

Client::Client(std::shared_ptr<grpc::Channel> channel, Options options)
    : Client(std::vector<std::shared_ptr<grpc::Channel>>{std::move(channel)},
             std::move(options)) {}

Client::Client(const std::vector<std::shared_ptr<grpc::Channel>>& channels,
               Options options)
    : channels_(Channels::Make(channels, options.calls_per_connection)),
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
  const Channels::Slot stub = Channels::Take(channels_);
  const grpc::Status status = stub->Lookup(&context, request, &response);
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
  const Channels::Slot stub = Channels::Take(channels_);
  const grpc::Status status = stub->BatchLookup(&context, request, &response);
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
  const Channels::Slot stub = Channels::Take(channels_);
  const grpc::Status status = stub->SubmitUrl(&context, request, &response);
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
  const Channels::Slot stub = Channels::Take(channels_);
  const auto reader = stub->WatchLookup(&context, request);
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
      std::make_shared<AsyncCall<v1::LookupRequest, v1::LookupResponse>>(
          Channels::Take(channels_));
  Prepare(&call->context);
  Deadline(&call->context);
  *call->request.mutable_indicator() = indicator;
  *call->request.mutable_options() = options;
  call->slot->async()->Lookup(
      &call->context, &call->request, &call->response,
      [call, done = std::move(done)](const grpc::Status& status) {
        Channels::NoteGrpcThread();
        if (!status.ok()) return done(ToAbslStatus(status));
        done(std::move(call->response));
      });
}

void Client::SubmitUrlAsync(
    const std::string& url,
    std::function<void(absl::StatusOr<v1::Verdict>)> done) const {
  auto call =
      std::make_shared<AsyncCall<v1::SubmitUrlRequest, v1::SubmitUrlResponse>>(
          Channels::Take(channels_));
  Prepare(&call->context);
  Deadline(&call->context);
  call->request.set_url(url);
  call->slot->async()->SubmitUrl(
      &call->context, &call->request, &call->response,
      [call, done = std::move(done)](const grpc::Status& status) {
        Channels::NoteGrpcThread();
        if (!status.ok()) return done(ToAbslStatus(status));
        done(std::move(*call->response.mutable_verdict()));
      });
}

}  // namespace vtlookup
