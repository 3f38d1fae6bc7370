#ifndef VTLOOKUP_SERVER_TRANSPORT_REFLECTION_SERVICE_H_
#define VTLOOKUP_SERVER_TRANSPORT_REFLECTION_SERVICE_H_

#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "grpc/reflection/v1/reflection.grpc.pb.h"
#include "grpc/reflection/v1alpha/reflection.grpc.pb.h"

namespace vtlookup {

// Counts the open reflection streams of a server; each holds a thread.
// Thread-safe.
class ReflectionStreams {
 public:
  static constexpr int kMost = 8;

  // Returns false when kMost are open. Otherwise the caller must call End.
  bool Begin();
  void End() { open_.fetch_sub(1, std::memory_order_relaxed); }

 private:
  std::atomic<int> open_{0};
};

// The service grpc.reflection, in one version: describes services to clients
// such as grpcurl, from the descriptors that are linked into the program.
// Thread-safe.
template <typename Service, typename Request, typename Response>
class ReflectionService final : public Service {
 public:
  // Lists `services`, which are full names. Borrows `streams`.
  ReflectionService(std::vector<std::string> services,
                    ReflectionStreams& streams)
      : services_(std::move(services)), streams_(streams) {}

  // Answers until the client has no more requests; blocks that long.
  // RESOURCE_EXHAUSTED when ReflectionStreams::kMost are open.
  grpc::Status ServerReflectionInfo(
      grpc::ServerContext* context,
      grpc::ServerReaderWriter<Response, Request>* stream) override;

 private:
  void Answer(const Request& request, Response* response) const;

  const std::vector<std::string> services_;
  ReflectionStreams& streams_;
};

// Older clients know v1alpha only; newer clients try v1 first.
using ReflectionV1Alpha =
    ReflectionService<grpc::reflection::v1alpha::ServerReflection::Service,
                      grpc::reflection::v1alpha::ServerReflectionRequest,
                      grpc::reflection::v1alpha::ServerReflectionResponse>;
using ReflectionV1 =
    ReflectionService<grpc::reflection::v1::ServerReflection::Service,
                      grpc::reflection::v1::ServerReflectionRequest,
                      grpc::reflection::v1::ServerReflectionResponse>;
extern template class ReflectionService<
    grpc::reflection::v1alpha::ServerReflection::Service,
    grpc::reflection::v1alpha::ServerReflectionRequest,
    grpc::reflection::v1alpha::ServerReflectionResponse>;
extern template class ReflectionService<
    grpc::reflection::v1::ServerReflection::Service,
    grpc::reflection::v1::ServerReflectionRequest,
    grpc::reflection::v1::ServerReflectionResponse>;

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_TRANSPORT_REFLECTION_SERVICE_H_
