#include "server/transport/health_service.h"

#include <chrono>

#include "absl/strings/str_cat.h"

namespace vtlookup {
namespace {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

// How often a watch checks whether its client is still there.
constexpr std::chrono::milliseconds kLookAgain(500);

HealthCheckResponse Said(HealthCheckResponse::ServingStatus status) {
  HealthCheckResponse response;
  response.set_status(status);
  return response;
}

HealthCheckResponse::ServingStatus StatusOf(bool serving) {
  return serving ? HealthCheckResponse::SERVING
                 : HealthCheckResponse::NOT_SERVING;
}

}  // namespace

grpc::Status HealthService::Check(grpc::ServerContext* /*context*/,
                                  const HealthCheckRequest* request,
                                  HealthCheckResponse* response) {
  if (!Knows(*request)) {
    return {grpc::StatusCode::NOT_FOUND,
            "this server has no service of this name"};
  }
  MutexLock lock(mu_);
  *response = Said(StatusOf(serving_));
  return grpc::Status::OK;
}

grpc::Status HealthService::Watch(
    grpc::ServerContext* context, const HealthCheckRequest* request,
    grpc::ServerWriter<HealthCheckResponse>* writer) {
  const bool known = Knows(*request);
  bool serving = false;
  {
    MutexLock lock(mu_);
    if (watches_ >= kMaxWatches) {
      return {grpc::StatusCode::UNIMPLEMENTED,
              absl::StrCat(kMaxWatches,
                           " health watches are open, the most that may be; "
                           "use Check instead")};
    }
    ++watches_;
    serving = serving_;
  }
  writer->Write(
      Said(known ? StatusOf(serving) : HealthCheckResponse::SERVICE_UNKNOWN));
  {
    MutexLock lock(mu_);
    while (serving_ && !context->IsCancelled()) {
      changed_.WaitFor(mu_, kLookAgain);
    }
    --watches_;
  }
  if (serving && known && !context->IsCancelled()) {
    writer->Write(Said(HealthCheckResponse::NOT_SERVING));
  }
  return grpc::Status::OK;
}

void HealthService::SayNotServing() {
  MutexLock lock(mu_);
  serving_ = false;
  changed_.NotifyAll();
}

}  // namespace vtlookup
