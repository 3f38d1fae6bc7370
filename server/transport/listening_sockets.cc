#include "server/transport/listening_sockets.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "core/address.h"

namespace vtlookup {
namespace {

constexpr mode_t kNobodyElse = 0177;  // as a umask

absl::Status CannotListen(const std::string& address, std::string_view why) {
  return absl::FailedPreconditionError(absl::StrCat(
      "cannot listen on ", address, ": ", std::string(why).c_str()));
}

void CloseAll(const std::vector<int>& fds) {
  for (const int fd : fds) close(fd);
}

int PortOf(int fd) {
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &size);
  return bound.ss_family == AF_INET6
             ? ntohs(reinterpret_cast<sockaddr_in6*>(&bound)->sin6_port)
             : ntohs(reinterpret_cast<sockaddr_in*>(&bound)->sin_port);
}

// Returns a listening socket, or -1 with errno set.
int ListenOnOne(const sockaddr* address, socklen_t size) {
  const int fd =
      socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  // Connections inherit this option. Replies are small, so waiting for more
  // bytes would only delay them.
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (bind(fd, address, size) == 0 && listen(fd, SOMAXCONN) == 0) return fd;
  const int error = errno;
  close(fd);
  errno = error;
  return -1;
}

void SetPort(int port, sockaddr* address) {
  const auto wire = htons(static_cast<uint16_t>(port));
  if (address->sa_family == AF_INET6) {
    reinterpret_cast<sockaddr_in6*>(address)->sin6_port = wire;
  } else {
    reinterpret_cast<sockaddr_in*>(address)->sin_port = wire;
  }
}

absl::StatusOr<ListeningSockets> ListenOnPort(const std::string& address) {
  const std::optional<HostPort> parts = SplitAddress(address);
  if (!parts.has_value()) {
    return CannotListen(address, "it is not host:port or [v6]:port");
  }
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int rc = getaddrinfo(parts->host.c_str(),
                             absl::StrCat(parts->port).c_str(), &hints, &found);
  if (rc != 0) return CannotListen(address, gai_strerror(rc));
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found,
                                                             freeaddrinfo);
  ListeningSockets sockets;
  int port = parts->port;
  int error = 0;
  for (addrinfo* each = found; each != nullptr; each = each->ai_next) {
    SetPort(port, each->ai_addr);
    const int fd = ListenOnOne(each->ai_addr, each->ai_addrlen);
    if (fd < 0) {
      // On a machine without IPv6 `localhost` still has 127.0.0.1.
      if (errno == EADDRNOTAVAIL && found->ai_next != nullptr) continue;
      error = errno;
      break;
    }
    sockets.fds.push_back(fd);
    port = PortOf(fd);
  }
  if (error != 0 || sockets.fds.empty()) {
    CloseAll(sockets.fds);
    return CannotListen(address,
                        std::strerror(error != 0 ? error : EADDRNOTAVAIL));
  }
  sockets.address = WithPort(address, port);
  return sockets;
}

absl::StatusOr<ListeningSockets> ListenOnPath(const std::string& address,
                                              bool owner_only) {
  const std::string path = address.substr(address.find(':') + 1);
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof name.sun_path) {
    return CannotListen(address,
                        absl::StrCat("the path must have 1 to ",
                                     sizeof name.sun_path - 1, " characters"));
  }
  std::memcpy(name.sun_path, path.data(), path.size());
  struct stat there {};
  if (lstat(path.c_str(), &there) == 0 && S_ISSOCK(there.st_mode)) {
    unlink(path.c_str());
  }
  const mode_t before = owner_only ? umask(kNobodyElse) : 0;
  const int fd = ListenOnOne(reinterpret_cast<sockaddr*>(&name), sizeof name);
  const int error = errno;
  if (owner_only) umask(before);
  if (fd < 0) return CannotListen(address, std::strerror(error));
  return ListeningSockets{.fds = {fd}, .address = address};
}

}  // namespace

absl::StatusOr<ListeningSockets> ListenOn(const std::string& address,
                                          bool owner_only) {
  return IsUnixAddress(address) ? ListenOnPath(address, owner_only)
                                : ListenOnPort(address);
}

}  // namespace vtlookup
