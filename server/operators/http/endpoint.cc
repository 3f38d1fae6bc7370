#include "server/operators/http/endpoint.h"

#include <microhttpd.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/address.h"
#include "core/clock.h"

namespace vtlookup {
namespace {

constexpr unsigned kMaxConnections = 256;
// Fewer than kMaxConnections, so that a new connection is always accepted, and
// the oldest makes room for it. A probe sends its request at once, and is
// answered in the same turn.
constexpr size_t kCrowd = 192;
// The longest time from a connection's opening, or its last answer, to its next
// answer.
constexpr absl::Duration kDeadline = absl::Seconds(10);
constexpr size_t kMaxConnectionMemory = 16 * 1024;  // includes the headers
constexpr unsigned kIdleSeconds = 5;
constexpr int kBacklog = 1024;

// Nothing on a page comes from elsewhere, and no other site may put it in a
// frame.
constexpr std::pair<const char*, const char*> kHeaders[] = {
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; "
     "connect-src 'self'; img-src 'self'; base-uri 'none'; "
     "form-action 'none'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Cache-Control", "no-store"},
};

MHD_Result Send(MHD_Connection* connection, const HttpPage& page) {
  MHD_Response* const response = MHD_create_response_from_buffer(
      page.body.size(), const_cast<char*>(page.body.data()),
      MHD_RESPMEM_MUST_COPY);
  MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
                          page.type.c_str());
  for (const auto& [name, value] : kHeaders) {
    MHD_add_response_header(response, name, value);
  }
  if (page.status == MHD_HTTP_METHOD_NOT_ALLOWED) {
    MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
  }
  const MHD_Result result = MHD_queue_response(
      connection, static_cast<unsigned>(page.status), response);
  MHD_destroy_response(response);
  return result;
}

MHD_Result AddArgument(void* closure, MHD_ValueKind /*kind*/, const char* name,
                       const char* value) {
  auto& query = *static_cast<HttpQuery*>(closure);
  query.arguments[name] = value == nullptr ? "" : value;
  return MHD_YES;
}

// Whether a Host header, with or without a port, names this machine.
bool IsLoopbackName(const std::string& host) {
  if (const std::optional<HostPort> parts = SplitAddress(host)) {
    return IsLoopbackHost(parts->host);
  }
  return host == "[::1]" || IsLoopbackHost(host);
}

MHD_Result Handle(void* closure, MHD_Connection* connection, const char* url,
                  const char* method, const char* /*version*/,
                  const char* /*upload*/, size_t* upload_size, void** seen) {
  const auto& endpoint = *static_cast<const HttpEndpoint*>(closure);
  const std::string_view name = method;
  if (name != MHD_HTTP_METHOD_GET && name != MHD_HTTP_METHOD_HEAD) {
    return Send(connection, {.status = MHD_HTTP_METHOD_NOT_ALLOWED,
                             .body = "only GET and HEAD are allowed here\n"});
  }
  // The library calls this first for the headers, and again at the end of the
  // request. A body is not read.
  static int marker;
  if (*seen == nullptr) {
    *seen = &marker;
    return MHD_YES;
  }
  if (*upload_size != 0) {
    *upload_size = 0;
    return MHD_YES;
  }
  HttpQuery query{.path = url, .arguments = {}};
  MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, &AddArgument,
                            &query);
  const char* const host = MHD_lookup_connection_value(
      connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_HOST);
  return Send(connection, endpoint.Answer(query, host == nullptr ? "" : host));
}

int DescriptorOf(MHD_Connection* connection) {
  const MHD_ConnectionInfo* const info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  return info == nullptr ? -1 : info->connect_fd;
}

void OnConnection(void* closure, MHD_Connection* connection, void** /*context*/,
                  MHD_ConnectionNotificationCode code) {
  auto& endpoint = *static_cast<HttpEndpoint*>(closure);
  if (code == MHD_CONNECTION_NOTIFY_STARTED) {
    endpoint.OnOpen(DescriptorOf(connection));
  } else {
    endpoint.OnClose(DescriptorOf(connection));
  }
}

void OnCompleted(void* closure, MHD_Connection* connection, void** /*seen*/,
                 MHD_RequestTerminationCode code) {
  if (code != MHD_REQUEST_TERMINATED_COMPLETED_OK) return;
  static_cast<HttpEndpoint*>(closure)->OnAnswered(DescriptorOf(connection));
}

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};

absl::Status CannotListen(const std::string& address, const char* why) {
  return absl::FailedPreconditionError(
      absl::StrCat("cannot listen on ", address, ": ", why));
}

// Returns a listening socket, or the reason why there is none, which the
// library's own socket would not tell.
absl::StatusOr<int> Listen(const std::string& address, const HostPort& where) {
  addrinfo hints{};
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(
      where.host.c_str(), absl::StrCat(where.port).c_str(), &hints, &found);
  if (error != 0) return CannotListen(address, gai_strerror(error));
  const std::unique_ptr<addrinfo, FreeAddresses> list(found);
  const int fd =
      socket(list->ai_family, list->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
             list->ai_protocol);
  const int yes = 1;
  if (fd < 0 ||
      setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) != 0 ||
      bind(fd, list->ai_addr, list->ai_addrlen) != 0 ||
      listen(fd, kBacklog) != 0) {
    absl::Status status = CannotListen(address, std::strerror(errno));
    if (fd >= 0) close(fd);
    return status;
  }
  return fd;
}

int PortOf(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  char port[NI_MAXSERV] = "0";
  getnameinfo(reinterpret_cast<sockaddr*>(&address), size, nullptr, 0, port,
              sizeof(port), NI_NUMERICSERV);
  return std::atoi(port);
}

}  // namespace

void HttpEndpoint::Stop::operator()(MHD_Daemon* daemon) const {
  MHD_stop_daemon(daemon);  // also closes the listening socket
}

HttpEndpoint::HttpEndpoint(Handler handler, std::string address)
    : handler_(std::move(handler)),
      address_(std::move(address)),
      connections_(kDeadline, kCrowd) {}

HttpEndpoint::~HttpEndpoint() = default;

// A shutdown makes the library notice the end of a connection, and close it.
void HttpEndpoint::OnOpen(int fd) {
  for (const int slow : connections_.Open(fd, MonotonicTime())) {
    shutdown(slow, SHUT_RDWR);
  }
}

void HttpEndpoint::OnAnswered(int fd) {
  connections_.Answered(fd, MonotonicTime());
}

HttpPage HttpEndpoint::Answer(const HttpQuery& query,
                              const std::string& host) const {
  if (!host.empty() && IsLocalAddress(address_) && !IsLoopbackName(host)) {
    return {.status = MHD_HTTP_MISDIRECTED_REQUEST,
            .body =
                "this server listens on loopback, and the Host header does not "
                "name a loopback address\n"};
  }
  return handler_(query);
}

absl::StatusOr<std::unique_ptr<HttpEndpoint>> HttpEndpoint::Start(
    const std::string& address, Handler handler) {
  const std::optional<HostPort> where = SplitAddress(address);
  if (!where.has_value()) return CannotListen(address, "it is not host:port");
  const absl::StatusOr<int> fd = Listen(address, *where);
  if (!fd.ok()) return fd.status();
  std::unique_ptr<HttpEndpoint> endpoint(
      new HttpEndpoint(std::move(handler), WithPort(address, PortOf(*fd))));
  endpoint->daemon_.reset(MHD_start_daemon(
      MHD_USE_EPOLL_INTERNAL_THREAD, 0, nullptr, nullptr, &Handle,
      endpoint.get(), MHD_OPTION_LISTEN_SOCKET, *fd,
      MHD_OPTION_CONNECTION_LIMIT, kMaxConnections,
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, kMaxConnectionMemory,
      MHD_OPTION_CONNECTION_TIMEOUT, kIdleSeconds, MHD_OPTION_NOTIFY_CONNECTION,
      &OnConnection, endpoint.get(), MHD_OPTION_NOTIFY_COMPLETED, &OnCompleted,
      endpoint.get(), MHD_OPTION_END));
  if (endpoint->daemon_ == nullptr) {
    close(*fd);
    return CannotListen(address, "the HTTP server cannot start");
  }
  return endpoint;
}

}  // namespace vtlookup
