#include "vtlookup/connection.h"

#include <grpc/grpc.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"

namespace vtlookup {
namespace {

// gRPC's own retries. A daemon that wants none, or later ones, says so in the
// trailer grpc-retry-pushback-ms, which gRPC obeys. Streams are not retried
// here: LookupStream makes new streams itself, and a watch ends.
constexpr char kServiceConfig[] = R"({
  "methodConfig": [{
    "name": [{"service": "vtlookup.v1.LookupService"}],
    "retryPolicy": {
      "maxAttempts": 3,
      "initialBackoff": "0.2s",
      "maxBackoff": "2s",
      "backoffMultiplier": 2,
      "retryableStatusCodes": ["UNAVAILABLE"]
    }
  }, {
    "name": [
      {"service": "vtlookup.v1.LookupService", "method": "StreamLookup"},
      {"service": "vtlookup.v1.LookupService", "method": "WatchLookup"}
    ]
  }]
})";

// The daemon takes more frequent pings for abuse.
constexpr absl::Duration kShortestKeepalive = absl::Seconds(10);
constexpr absl::Duration kKeepaliveAnswer = absl::Seconds(10);
// Short, so that a restarted daemon is found soon.
constexpr absl::Duration kLongestReconnect = absl::Seconds(5);

absl::Status Read(const std::string& path, std::string* out) {
  if (path.empty()) return absl::OkStatus();
  std::ifstream in(path);
  out->assign(std::istreambuf_iterator<char>(in), {});
  if (!in || out->empty()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": cannot be read"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> CredentialsOf(
    const ConnectionOptions& options) {
  const bool has_files = !options.ca_file.empty() ||
                         !options.certificate_file.empty() ||
                         !options.key_file.empty();
  if (!options.tls) {
    if (has_files) {
      return absl::InvalidArgumentError(
          "certificate or key files are given, but TLS is off: set "
          "ConnectionOptions::tls (--tls), or leave the files out");
    }
    return grpc::InsecureChannelCredentials();
  }
  if (options.certificate_file.empty() != options.key_file.empty()) {
    return absl::InvalidArgumentError(
        "a certificate and its key must be given together");
  }
  grpc::SslCredentialsOptions ssl;
  for (const auto& [path, out] :
       {std::pair(&options.ca_file, &ssl.pem_root_certs),
        std::pair(&options.certificate_file, &ssl.pem_cert_chain),
        std::pair(&options.key_file, &ssl.pem_private_key)}) {
    if (absl::Status status = Read(*path, out); !status.ok()) return status;
  }
  return grpc::SslCredentials(ssl);
}

int Milliseconds(absl::Duration duration) {
  return static_cast<int>(absl::ToInt64Milliseconds(duration));
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::Channel>> Connect(
    const std::string& address, const ConnectionOptions& options) {
  const auto credentials = CredentialsOf(options);
  if (!credentials.ok()) return credentials.status();
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  arguments.SetServiceConfigJSON(kServiceConfig);
  arguments.SetInt(
      GRPC_ARG_KEEPALIVE_TIME_MS,
      Milliseconds(std::max(options.keepalive, kShortestKeepalive)));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS,
                   Milliseconds(kKeepaliveAnswer));
  // By default gRPC stops after two pings without data between them.
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS,
                   Milliseconds(kLongestReconnect));
  // Otherwise channels with the same arguments share a connection.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, options.use_proxy ? 1 : 0);
  if (!options.server_name.empty()) {
    arguments.SetSslTargetNameOverride(options.server_name);
  }
  return grpc::CreateCustomChannel(address, *credentials, arguments);
}

absl::StatusOr<std::vector<std::shared_ptr<grpc::Channel>>> ConnectSeveral(
    const std::string& address, const ConnectionOptions& options,
    size_t count) {
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  channels.reserve(count);
  for (size_t i = 0; i < std::max<size_t>(count, 1); ++i) {
    auto channel = Connect(address, options);
    if (!channel.ok()) return channel.status();
    channels.push_back(*std::move(channel));
  }
  return channels;
}

std::shared_ptr<grpc::Channel> Connect(const std::string& address) {
  return *Connect(address, ConnectionOptions());
}

}  // namespace vtlookup
