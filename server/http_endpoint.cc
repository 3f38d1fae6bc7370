#include "server/http_endpoint.h"

#include <httplib.h>
#include <sys/socket.h>

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/address.h"

namespace vtlookup {
namespace {

constexpr size_t kThreads = 4;
constexpr std::chrono::seconds kPatience(2);  // with a client, for each read
constexpr size_t kMaxBody = 1024;

// The library's own would let a second daemon share the port.
void AllowRebinding(socket_t socket) {
  const int yes = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
}

}  // namespace

HttpEndpoint::HttpEndpoint(Text metrics)
    : metrics_(std::move(metrics)),
      server_(std::make_unique<httplib::Server>()) {
  server_->new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  server_->set_socket_options(AllowRebinding);
  server_->set_read_timeout(kPatience);
  server_->set_write_timeout(kPatience);
  server_->set_payload_max_length(kMaxBody);
  // A connection that is kept would keep one of the threads.
  server_->set_keep_alive_max_count(1);
  server_->Get("/metrics",
               [this](const httplib::Request&, httplib::Response& response) {
                 response.set_content(
                     metrics_(), "text/plain; version=0.0.4; charset=utf-8");
               });
}

absl::StatusOr<std::unique_ptr<HttpEndpoint>> HttpEndpoint::Start(
    const std::string& address, Text metrics) {
  const std::optional<HostPort> where = SplitAddress(address);
  std::unique_ptr<HttpEndpoint> endpoint(new HttpEndpoint(std::move(metrics)));
  httplib::Server& server = *endpoint->server_;
  int port = where.has_value() ? where->port : -1;
  if (port == 0) {
    port = server.bind_to_any_port(where->host);
  } else if (port > 0 && !server.bind_to_port(where->host, port)) {
    port = -1;
  }
  if (port < 0) {
    return absl::FailedPreconditionError(absl::StrCat(
        "cannot listen on ", address,
        ": the address is in use, not this machine's, or not allowed"));
  }
  endpoint->address_ = WithPort(address, port);
  endpoint->thread_ = std::thread([&server] { server.listen_after_bind(); });
  // Before that, stopping it would have no effect.
  while (!server.is_running()) std::this_thread::yield();
  return endpoint;
}

HttpEndpoint::~HttpEndpoint() {
  if (!thread_.joinable()) return;
  server_->stop();
  thread_.join();
}

}  // namespace vtlookup
