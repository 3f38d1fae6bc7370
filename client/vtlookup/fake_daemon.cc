#include "vtlookup/fake_daemon.h"

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <utility>

#include "vtlookup/v1/lookup.grpc.pb.h"

namespace vtlookup {
namespace {

// Response codes, as in Verdict.response_code.
constexpr int32_t kMissing = 0;
constexpr int32_t kQueued = -2;

constexpr std::chrono::milliseconds kLookForCancel(20);

// Returns the key under which results are stored.
std::string KeyOf(const v1::Indicator& indicator) {
  return indicator.SerializeAsString();
}

}  // namespace

class FakeDaemon::Service final : public v1::LookupService::Service {
 public:
  Service() {
    grpc::ServerBuilder builder;
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }

  ~Service() override {
    // Cancels the open calls.
    server_->Shutdown(std::chrono::system_clock::now());
  }

  std::shared_ptr<grpc::Channel> Connect() {
    return server_->InProcessChannel(grpc::ChannelArguments());
  }

  void Set(const v1::Indicator& indicator, v1::LookupResult result) {
    const std::lock_guard<std::mutex> lock(mu_);
    results_[KeyOf(indicator)] = std::move(result);
    ++changes_;
    changed_.notify_all();
  }

  int asked(const v1::Indicator& indicator) const {
    const std::lock_guard<std::mutex> lock(mu_);
    const auto found = asked_.find(KeyOf(indicator));
    return found == asked_.end() ? 0 : found->second;
  }

  grpc::Status Lookup(grpc::ServerContext*, const v1::LookupRequest* request,
                      v1::LookupResponse* response) override {
    return ToStatus(Ask(request->indicator()), response);
  }

  grpc::Status BatchLookup(grpc::ServerContext*,
                           const v1::BatchLookupRequest* request,
                           v1::BatchLookupResponse* response) override {
    for (const v1::Indicator& indicator : request->indicators()) {
      *response->add_results() = Ask(indicator);
    }
    return grpc::Status::OK;
  }

  grpc::Status StreamLookup(
      grpc::ServerContext*,
      grpc::ServerReaderWriter<v1::StreamLookupResponse,
                               v1::StreamLookupRequest>* stream) override {
    v1::StreamLookupRequest request;
    while (stream->Read(&request)) {
      v1::StreamLookupResponse response;
      for (const auto& item : request.items()) {
        auto* const answer = response.add_answers();
        answer->set_request_id(item.request_id());
        *answer->mutable_result() = Ask(item.indicator());
      }
      if (request.items().empty()) {
        response.set_request_id(request.request_id());
        *response.mutable_result() = Ask(request.indicator());
      }
      stream->Write(response);
    }
    return grpc::Status::OK;
  }

  grpc::Status WatchLookup(
      grpc::ServerContext* context, const v1::WatchLookupRequest* request,
      grpc::ServerWriter<v1::WatchLookupResponse>* writer) override {
    std::string last;
    uint64_t seen = 0;
    while (!context->IsCancelled()) {
      const v1::LookupResult result = Ask(request->indicator());
      v1::WatchLookupResponse response;
      grpc::Status status = ToStatus(result, response.mutable_response());
      if (!status.ok()) return status;
      if (std::string now = response.SerializeAsString(); now != last) {
        last = std::move(now);
        writer->Write(response);
      }
      if (request->until_final() &&
          response.response().verdict().response_code() != kQueued) {
        return grpc::Status::OK;
      }
      std::unique_lock<std::mutex> lock(mu_);
      while (changes_ == seen && !context->IsCancelled()) {
        changed_.wait_for(lock, kLookForCancel);
      }
      seen = changes_;
    }
    return grpc::Status::CANCELLED;
  }

  grpc::Status SubmitUrl(grpc::ServerContext*,
                         const v1::SubmitUrlRequest* request,
                         v1::SubmitUrlResponse* response) override {
    v1::Indicator indicator;
    indicator.set_url(request->url());
    v1::LookupResponse answer;
    grpc::Status status = ToStatus(Ask(indicator), &answer);
    *response->mutable_verdict() = std::move(*answer.mutable_verdict());
    return status;
  }

 private:
  v1::LookupResult Ask(const v1::Indicator& indicator) {
    const std::lock_guard<std::mutex> lock(mu_);
    const std::string key = KeyOf(indicator);
    ++asked_[key];
    if (const auto found = results_.find(key); found != results_.end()) {
      return found->second;
    }
    v1::LookupResult unknown;
    v1::Verdict& verdict = *unknown.mutable_response()->mutable_verdict();
    *verdict.mutable_indicator() = indicator;
    verdict.set_response_code(kMissing);
    return unknown;
  }

  static grpc::Status ToStatus(const v1::LookupResult& result,
                               v1::LookupResponse* response) {
    if (result.has_error()) {
      return {static_cast<grpc::StatusCode>(result.error().code()),
              result.error().message()};
    }
    *response = result.response();
    return grpc::Status::OK;
  }

  mutable std::mutex mu_;
  std::condition_variable changed_;
  // Guarded by mu_.
  std::map<std::string, v1::LookupResult> results_;
  std::map<std::string, int> asked_;
  uint64_t changes_ = 0;

  std::unique_ptr<grpc::Server> server_;
};

FakeDaemon::FakeDaemon() : service_(std::make_unique<Service>()) {}

FakeDaemon::~FakeDaemon() = default;

std::shared_ptr<grpc::Channel> FakeDaemon::Connect() {
  return service_->Connect();
}

void FakeDaemon::Answer(const v1::Indicator& indicator, v1::Verdict verdict) {
  v1::LookupResult result;
  v1::LookupResponse& response = *result.mutable_response();
  *response.mutable_verdict() = std::move(verdict);
  *response.mutable_verdict()->mutable_indicator() = indicator;
  response.set_source(v1::SOURCE_MEMORY);
  service_->Set(indicator, std::move(result));
}

void FakeDaemon::Fail(const v1::Indicator& indicator,
                      const grpc::Status& status) {
  v1::LookupResult result;
  result.mutable_error()->set_code(status.error_code());
  result.mutable_error()->set_message(status.error_message());
  service_->Set(indicator, std::move(result));
}

int FakeDaemon::asked(const v1::Indicator& indicator) const {
  return service_->asked(indicator);
}

}  // namespace vtlookup
