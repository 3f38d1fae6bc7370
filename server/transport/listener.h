#ifndef VTLOOKUP_SERVER_TRANSPORT_LISTENER_H_
#define VTLOOKUP_SERVER_TRANSPORT_LISTENER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "grpcpp/completion_queue.h"
#include "grpcpp/impl/service_type.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "server/transport/connection_gate.h"
#include "server/transport/health_service.h"
#include "server/transport/intake.h"
#include "server/transport/listening_sockets.h"
#include "server/transport/queue_threads.h"
#include "server/transport/reflection_service.h"
#include "server/transport/self_probe.h"
#include "server/transport/unsent_budget.h"
#include "vtlookup/v1/config.pb.h"

namespace vtlookup {

// A gRPC server on one address, with one of our services, health, channelz and,
// if wanted, reflection. One thread at a time, except where noted.
//
// A ConnectionGate accepts the connections. Compressed requests are refused
// with UNIMPLEMENTED: gRPC would inflate them without a bound, and requests are
// small (docs/adr/0041).
//
// Calls arrive at completion queues. A server without threads for its queues
// relies on the threads of another server in the process: all share gRPC's only
// poller, and each further thread that waits there makes every call more
// expensive (docs/performance.md).
class Listener {
 public:
  struct Options {
    std::string address;  // host:port, [v6]:port or unix:/path
    std::shared_ptr<grpc::ServerCredentials> credentials;
    v1::ListenConfig limits;
    uint64_t max_request = 0;  // bytes
    size_t max_connections = 0;
    bool reflection = false;
    ListenerTls tls = ListenerTls::kNone;  // that of `credentials`
    bool owner_only = false;               // a Unix socket's mode is 0600
    size_t threads = 0;                    // each serves one queue
    // Borrowed; the budget for the replies of this server. Null: no budget.
    const UnsentBudget* unsent = nullptr;
    // Makes the service ask gRPC for the first calls of a queue. May be empty
    // when `threads` is 0.
    QueueThreads::Accept accept = {};
  };

  // Starts a server. Borrows the service; `name` is its full name.
  // FailedPrecondition, with a message for an operator, when the address cannot
  // be bound, or another process serves the Unix socket.
  static absl::StatusOr<std::unique_ptr<Listener>> Start(const Options& options,
                                                         grpc::Service* service,
                                                         const char* name);
  ~Listener();

  // The address, with the real port instead of 0.
  const std::string& address() const { return address_; }

  // OK while the daemon can call itself through this listener; otherwise the
  // failure of the last probe (SelfProbe). Thread-safe.
  absl::Status Reachable() const;

  // For metrics; thread-safe.
  const ConnectionGate& gate() const { return *gate_; }
  uint64_t reliefs() const { return queues_->reliefs(); }

  // Answers health checks with NOT_SERVING; calls are still accepted.
  void SayNotServing();
  // Accepts no more calls, and cancels those under way after `grace`. Blocks
  // until all have ended.
  void Shutdown(absl::Duration grace);

 private:
  explicit Listener(const char* name);

  void Serve(const Options& options, ListeningSockets sockets);
  void AddServices(const Options& options, grpc::Service* service,
                   grpc::ServerBuilder* builder);
  void CountBlockingCalls(grpc::ServerBuilder* builder);

  std::string address_;
  int lock_ = -1;  // lock file beside a Unix socket
  // gRPC uses the credentials at each handshake but does not own them.
  std::shared_ptr<grpc::ServerCredentials> credentials_;
  HealthService health_;
  ReflectionStreams reflection_streams_;
  ReflectionV1Alpha reflection_v1alpha_;
  ReflectionV1 reflection_v1_;
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor_;
  std::unique_ptr<grpc::Server> server_;
  Intake intake_;
  std::unique_ptr<QueueThreads> queues_;
  std::unique_ptr<ConnectionGate> gate_;
  std::unique_ptr<SelfProbe> probe_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_TRANSPORT_LISTENER_H_
