#include "server/listener.h"

#include <fcntl.h>
#include <grpcpp/ext/channelz_service_plugin.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/clock.h"
#include "server/address.h"
#include "server/durations.h"

namespace vtlookup {
namespace {

constexpr int kNobodyElse = 0177;  // as a umask

absl::Status CannotListen(const std::string& address, const char* why) {
  return absl::FailedPreconditionError(
      absl::StrCat("cannot listen on ", address, ": ", why));
}

// gRPC removes a socket that is there, whoever serves it; so a lock beside it
// tells whether somebody does.
absl::StatusOr<int> LockSocket(const std::string& address) {
  const std::string path =
      absl::StrCat(address.substr(address.find(':') + 1), ".lock");
  const int fd = open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0) return CannotListen(address, "its folder cannot be written");
  if (flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
  close(fd);
  return CannotListen(address, "another process serves it");
}

void SetChannelArguments(const v1::ListenConfig& limits,
                         grpc::ServerBuilder* builder) {
  // Else a second daemon would share the port, and half the calls.
  builder->AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder->AddChannelArgument(
      GRPC_ARG_MAX_CONCURRENT_STREAMS,
      static_cast<int>(std::min<uint32_t>(limits.max_streams(), INT32_MAX)));
  builder->AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE,
                              static_cast<int>(limits.max_metadata()));
  builder->AddChannelArgument(
      GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS,
      static_cast<int>(std::min<int64_t>(
          absl::ToInt64Milliseconds(ToAbslDuration(limits.handshake_timeout())),
          INT32_MAX)));
  // Clients of ours ping every 30 s, also while they have nothing to ask.
  builder->AddChannelArgument(
      GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
}

void EnablePlugins() {
  // Process-wide switches of gRPC; saying them again does no harm.
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  grpc::channelz::experimental::InitChannelzService();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Listener>> Listener::Start(
    const Options& options, grpc::Service* service, const char* name) {
  std::unique_ptr<Listener> listener(new Listener(name));
  const bool unix_socket = IsUnixAddress(options.address);
  if (unix_socket) {
    const absl::StatusOr<int> lock = LockSocket(options.address);
    if (!lock.ok()) return lock.status();
    listener->lock_ = *lock;
  }
  listener->credentials_ = options.credentials;
  EnablePlugins();
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(options.address, options.credentials, &port);
  SetChannelArguments(options.limits, &builder);
  builder.SetMaxReceiveMessageSize(
      static_cast<int>(std::min<uint64_t>(options.max_request, INT32_MAX)));
  builder.SetMaxSendMessageSize(-1);
  builder.RegisterService(service);
  builder.RegisterService(&listener->health_);
  // At least one, else gRPC has threads of its own wait at the poller for the
  // services that block.
  listener->queues_ =
      std::make_unique<Queues>(&builder, std::max<size_t>(options.threads, 1));
  const mode_t before = options.owner_only ? umask(kNobodyElse) : 0;
  listener->server_ = builder.BuildAndStart();
  if (options.owner_only) umask(before);
  if (listener->server_ == nullptr || (port == 0 && !unix_socket)) {
    return CannotListen(
        options.address,
        "the address is in use, not this machine's, or not allowed");
  }
  listener->address_ = WithPort(options.address, port);
  if (options.threads > 0) listener->queues_->Start(options.accept);
  return listener;
}

Listener::~Listener() {
  if (server_ != nullptr) Shutdown(absl::ZeroDuration());
  if (lock_ < 0) return;
  server_.reset();
  close(lock_);
}

void Listener::SayNotServing() { health_.SayNotServing(); }

void Listener::Shutdown(absl::Duration grace) {
  server_->Shutdown(absl::ToChronoTime(RealClock().Now() + grace));
  server_->Wait();
  queues_->Stop();
}

}  // namespace vtlookup
