#include "server/gateway/http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/gateway/http_tls.h"
#include "server/transport/listening_sockets.h"

namespace vtlookup {
namespace {

namespace asio = boost::asio;

// Room for the bodies of so many of the largest requests.
constexpr uint64_t kLargestBodies = 4;

// Returns an address in gRPC's form.
std::string PeerOf(const sockaddr_storage& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.ss_family == AF_INET) {
    const auto* const v4 = reinterpret_cast<const sockaddr_in*>(&address);
    inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text);
    return absl::StrCat("ipv4:", text, ":", ntohs(v4->sin_port));
  }
  if (address.ss_family == AF_INET6) {
    const auto* const v6 = reinterpret_cast<const sockaddr_in6*>(&address);
    inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof text);
    return absl::StrCat("ipv6:%5B", text, "%5D:", ntohs(v6->sin6_port));
  }
  return "unix:";
}

}  // namespace

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(Options options) {
  absl::StatusOr<ListeningSockets> sockets = ListenOn(options.address, false);
  if (!sockets.ok()) return sockets.status();
  std::unique_ptr<HttpServer> server(
      new HttpServer(std::move(options), sockets->address, sockets->fds));
  if (server->options_.tls != nullptr) {
    absl::StatusOr<std::shared_ptr<asio::ssl::context>> context =
        MakeTlsContext(server->options_.tls->current().files);
    if (!context.ok()) return context.status();
  }
  for (const auto& acceptor : server->acceptors_) server->Await(*acceptor);
  server->thread_ = std::thread([self = server.get()] {
    const auto work = asio::make_work_guard(self->io_);
    self->io_.run();
  });
  return server;
}

HttpServer::HttpServer(Options options, std::string address,
                       const std::vector<int>& fds)
    : options_(std::move(options)),
      address_(std::move(address)),
      shared_{.io = io_,
              .handler = std::move(options_.handler),
              .is_streamed = options_.is_streamed,
              .stream_handler = options_.stream_handler,
              .stream_idle = options_.stream_idle,
              .is_ours = options_.is_ours,
              .max_headers = options_.max_headers,
              .max_body = options_.max_body,
              .max_bodies = kLargestBodies * options_.max_body,
              .max_unsent = options_.max_unsent} {
  for (const int fd : fds) {
    acceptors_.push_back(std::make_unique<Acceptor>(io_, fd));
  }
}

HttpServer::~HttpServer() { Stop(); }

void HttpServer::Stop() {
  io_.stop();
  if (thread_.joinable()) thread_.join();
}

void HttpServer::Drain(absl::Duration grace) {
  asio::post(io_, [this] {
    for (const auto& acceptor : acceptors_) acceptor->close();
    for (const auto& [key, connection] : connections_) {
      if (connection->idle()) connection->Close();
    }
    shared_.closing = true;
  });
  std::unique_lock lock(mu_);
  emptied_.wait_for(lock, absl::ToChronoMilliseconds(grace),
                    [this] { return open_.load() == 0; });
}

void HttpServer::Await(Acceptor& acceptor) {
  acceptor.async_wait(
      Acceptor::wait_read,
      [this, &acceptor](const boost::system::error_code& error) {
        if (error) return;
        AcceptAll(acceptor);
        Await(acceptor);
      });
}

void HttpServer::AcceptAll(Acceptor& acceptor) {
  for (;;) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    const int fd =
        accept4(acceptor.native_handle(), reinterpret_cast<sockaddr*>(&address),
                &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) return;
    Take(fd, PeerOf(address));
  }
}

void HttpServer::Take(int fd, std::string peer) {
  if (connections_.size() >= options_.max_connections && !MakeRoom()) {
    crowded_out_.Add(1);
    close(fd);
    return;
  }
  std::shared_ptr<asio::ssl::context> tls;
  if (options_.tls != nullptr) {
    tls = TlsContext();
    if (tls == nullptr) {
      close(fd);
      return;
    }
  }
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  accepted_.Add(1);
  open_.fetch_add(1);
  std::shared_ptr<HttpConnection> connection =
      MakeHttpConnection(shared_, fd, std::move(peer), std::move(tls),
                         [this](HttpConnection* ended) { OnEnd(ended); });
  connections_.emplace(connection.get(), connection);
  connection->Start();
}

// Ends the connection that has been idle longest. It is gone only after its
// pending read has failed, so one more than the limit may be open for a moment.
bool HttpServer::MakeRoom() {
  HttpConnection* oldest = nullptr;
  for (const auto& [key, connection] : connections_) {
    if (connection->idle() && (oldest == nullptr || connection->idle_since() <
                                                        oldest->idle_since())) {
      oldest = key;
    }
  }
  if (oldest == nullptr) return false;
  crowded_out_.Add(1);
  const auto kept = connections_.extract(oldest);
  kept.mapped()->Close();
  return true;
}

std::shared_ptr<asio::ssl::context> HttpServer::TlsContext() {
  const Tls::Current current = options_.tls->current();
  if (current.version == tls_version_) return tls_context_;
  absl::StatusOr<std::shared_ptr<asio::ssl::context>> made =
      MakeTlsContext(current.files);
  tls_version_ = current.version;
  if (made.ok()) {
    tls_context_ = *std::move(made);
  } else {
    spdlog::error("gateway.address: {}; the earlier certificate stays in use",
                  std::string(made.status().message()));
  }
  return tls_context_;
}

void HttpServer::OnEnd(HttpConnection* connection) {
  connections_.erase(connection);
  std::lock_guard lock(mu_);
  if (open_.fetch_sub(1) == 1) emptied_.notify_all();
}

}  // namespace vtlookup
