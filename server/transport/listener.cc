#include "server/transport/listener.h"

#include <fcntl.h>
#include <grpcpp/ext/channelz_service_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/resource_quota.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <future>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/address.h"
#include "core/clock.h"
#include "server/proto/times.h"
#include "server/transport/intake_interceptor.h"

namespace vtlookup {
namespace {

// How long after the grace period connections may last.
constexpr absl::Duration kLastCut = absl::Milliseconds(500);
// Threads for the services that block: health, reflection and AdminService.
// Each health watch and each reflection stream holds one; their number is
// bounded by these services.
constexpr int kMostThreads = 64;
// Unread bytes that one connection, and all together, may have, in multiples of
// the largest request. A request is unread until all of it has arrived.
constexpr uint64_t kUnreadOfOne = 2;
constexpr uint64_t kUnreadOfAll = 12;

absl::Status CannotListen(const std::string& address, const char* why) {
  return absl::FailedPreconditionError(
      absl::StrCat("cannot listen on ", address, ": ", why));
}

// Takes a lock on a file beside the Unix socket. The lock shows whether a
// process serves the socket, because ListenOn removes a socket file that
// exists.
absl::StatusOr<int> LockSocket(const std::string& address) {
  const std::string path =
      absl::StrCat(address.substr(address.find(':') + 1), ".lock");
  const int fd = open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0) {
    return CannotListen(
        address, "the lock file cannot be created in the socket's folder");
  }
  if (flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
  close(fd);
  return CannotListen(address, "another process listens on it");
}

int Milliseconds(const google::protobuf::Duration& duration) {
  return static_cast<int>(std::min<int64_t>(
      absl::ToInt64Milliseconds(ToAbslDuration(duration)), INT32_MAX));
}

// Limits how long connections last; 0 in the configuration means no limit.
void SetAges(const v1::ListenConfig& limits, grpc::ServerBuilder* builder) {
  if (const int idle = Milliseconds(limits.max_idle()); idle > 0) {
    builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, idle);
  }
  if (const int age = Milliseconds(limits.max_age()); age > 0) {
    builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, age);
    builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS,
                                Milliseconds(limits.max_age_grace()));
  }
}

// Channel arguments would not do, because the builder overwrites them.
void RefuseCompressed(grpc::ServerBuilder* builder) {
  builder->SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
  builder->SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);
}

void SetChannelArguments(const v1::ListenConfig& limits,
                         grpc::ServerBuilder* builder) {
  builder->AddChannelArgument(
      GRPC_ARG_MAX_CONCURRENT_STREAMS,
      static_cast<int>(std::min<uint32_t>(limits.max_streams(), INT32_MAX)));
  builder->AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE,
                              static_cast<int>(limits.max_metadata()));
  builder->AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS,
                              Milliseconds(limits.handshake_timeout()));
  // Our clients ping every 30 s, even without a call.
  builder->AddChannelArgument(
      GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  // Otherwise gRPC lets clients send some MiB ahead on each stream. Now it is
  // 64 KiB, and one MiB of a message that is being read.
  builder->AddChannelArgument(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  SetAges(limits, builder);
}

void EnablePlugins() {
  // This is a switch for the whole process; setting it again does no harm.
  grpc::channelz::experimental::InitChannelzService();
}

std::vector<std::string> ServiceNames(const char* own) {
  return {own, "grpc.health.v1.Health", "grpc.channelz.v1.Channelz",
          "grpc.reflection.v1.ServerReflection",
          "grpc.reflection.v1alpha.ServerReflection"};
}

}  // namespace

Listener::Listener(const char* name)
    : health_(name),
      reflection_v1alpha_(ServiceNames(name), reflection_streams_),
      reflection_v1_(ServiceNames(name), reflection_streams_) {}

absl::StatusOr<std::unique_ptr<Listener>> Listener::Start(
    const Options& options, grpc::Service* service, const char* name) {
  std::unique_ptr<Listener> listener(new Listener(name));
  if (IsUnixAddress(options.address)) {
    const absl::StatusOr<int> lock = LockSocket(options.address);
    if (!lock.ok()) return lock.status();
    listener->lock_ = *lock;
  }
  absl::StatusOr<ListeningSockets> sockets =
      ListenOn(options.address, options.owner_only);
  if (!sockets.ok()) return sockets.status();
  listener->credentials_ = options.credentials;
  EnablePlugins();
  grpc::ServerBuilder builder;
  listener->acceptor_ = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
      options.credentials);
  SetChannelArguments(options.limits, &builder);
  RefuseCompressed(&builder);
  builder.SetMaxReceiveMessageSize(
      static_cast<int>(std::min<uint64_t>(options.max_request, INT32_MAX)));
  builder.SetMaxSendMessageSize(-1);
  builder.SetResourceQuota(
      grpc::ResourceQuota("vtlookupd").SetMaxThreads(kMostThreads));
  listener->AddServices(options, service, &builder);
  if (options.threads == 0) listener->CountBlockingCalls(&builder);
  // At least one queue, because without any gRPC would add threads of its own
  // to the poller for the services that block.
  listener->queues_ = std::make_unique<QueueThreads>(
      &builder, std::max<size_t>(options.threads, 1), listener->intake_);
  listener->server_ = builder.BuildAndStart();
  if (listener->server_ == nullptr) {
    for (const int fd : sockets->fds) close(fd);
    return CannotListen(options.address, "gRPC cannot start");
  }
  listener->Serve(options, *std::move(sockets));
  return listener;
}

void Listener::AddServices(const Options& options, grpc::Service* service,
                           grpc::ServerBuilder* builder) {
  builder->RegisterService(service);
  builder->RegisterService(&health_);
  if (!options.reflection) return;
  builder->RegisterService(&reflection_v1alpha_);
  builder->RegisterService(&reflection_v1_);
}

// A service with queues counts its calls there, which is cheaper.
void Listener::CountBlockingCalls(grpc::ServerBuilder* builder) {
  std::vector<
      std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>>
      creators;
  creators.push_back(std::make_unique<IntakeInterceptors>(intake_));
  builder->experimental().SetInterceptorCreators(std::move(creators));
}

void Listener::Serve(const Options& options, ListeningSockets sockets) {
  address_ = std::move(sockets.address);
  const bool served_by_queues = options.threads > 0;
  if (served_by_queues) queues_->Start(options.accept);
  ConnectionGate::Options gate{
      .limits = {.max_connections = options.max_connections,
                 .max_per_address =
                     options.limits.max_connections_per_address(),
                 .max_unread = kUnreadOfOne * options.max_request,
                 .max_streams = options.limits.max_streams(),
                 .max_unread_of_all = kUnreadOfAll * options.max_request},
      .hand_over = [this](int fd) {
        grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters
            parameters;
        parameters.fd = fd;
        acceptor_->HandleNewConnection(&parameters);
      }};
  if (served_by_queues) {
    gate.held_up = [this] { return queues_->HeldUp(MonotonicTime()); };
  }
  if (options.unsent != nullptr) {
    gate.held_replies = [unsent = options.unsent] {
      return unsent->HeldWhenPressed();
    };
  }
  gate_ = std::make_unique<ConnectionGate>(std::move(gate),
                                           std::move(sockets.fds), intake_);
  probe_ = std::make_unique<SelfProbe>([this, tls = options.tls] {
    return ProbeListener(address_, tls, SelfProbe::kPatience,
                         [this](int port) { gate_->ExpectOwn(port); });
  });
}

Listener::~Listener() {
  if (server_ != nullptr) Shutdown(absl::ZeroDuration());
  if (lock_ < 0) return;
  server_.reset();
  unlink(address_.substr(address_.find(':') + 1).c_str());
  close(lock_);
}

absl::Status Listener::Reachable() const { return probe_->status(); }

void Listener::SayNotServing() { health_.SayNotServing(); }

void Listener::Shutdown(absl::Duration grace) {
  // From here on gRPC must get no new connection, and its queues no pulse.
  gate_->Stop();
  // If clients hold the server up, its shutdown ends only without their
  // connections.
  std::promise<void> ended;
  std::thread cuts([this, grace, waits = ended.get_future()] {
    if (waits.wait_for(absl::ToChronoMilliseconds(grace + kLastCut)) ==
        std::future_status::timeout) {
      gate_->CutAll();
    }
  });
  server_->Shutdown(absl::ToChronoTime(RealClock().Now() + grace));
  server_->Wait();
  ended.set_value();
  cuts.join();
  queues_->Stop();
  // A running probe has ended with the server.
  probe_->Stop();
}

}  // namespace vtlookup
