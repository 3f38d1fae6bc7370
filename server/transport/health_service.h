#ifndef VTLOOKUP_SERVER_TRANSPORT_HEALTH_SERVICE_H_
#define VTLOOKUP_SERVER_TRANSPORT_HEALTH_SERVICE_H_

#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "core/mutex.h"
#include "grpc/health/v1/health.grpc.pb.h"

namespace vtlookup {

// grpc.health.v1.Health for one service, and for the server as a whole. gRPC's
// own implementation runs two more threads that poll, which makes every call a
// third more expensive (docs/performance.md). Thread-safe.
class HealthService final : public grpc::health::v1::Health::Service {
 public:
  // The most open watches; each holds a thread. Further ones get UNIMPLEMENTED,
  // which clients take for "no health checks here", and go on. Any other status
  // would mean "unhealthy" to them.
  static constexpr int kMaxWatches = 16;

  explicit HealthService(std::string service) : service_(std::move(service)) {}

  grpc::Status Check(grpc::ServerContext* context,
                     const grpc::health::v1::HealthCheckRequest* request,
                     grpc::health::v1::HealthCheckResponse* response) override
      ABSL_LOCKS_EXCLUDED(mu_);
  // Blocks until the client leaves or SayNotServing is called.
  grpc::Status Watch(grpc::ServerContext* context,
                     const grpc::health::v1::HealthCheckRequest* request,
                     grpc::ServerWriter<grpc::health::v1::HealthCheckResponse>*
                         writer) override ABSL_LOCKS_EXCLUDED(mu_);

  // Answers NOT_SERVING from now on. Cannot be undone.
  void SayNotServing() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  bool Knows(const grpc::health::v1::HealthCheckRequest& request) const {
    return request.service().empty() || request.service() == service_;
  }

  const std::string service_;
  Mutex mu_;
  CondVar changed_;
  bool serving_ ABSL_GUARDED_BY(mu_) = true;
  int watches_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_TRANSPORT_HEALTH_SERVICE_H_
