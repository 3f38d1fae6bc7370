#include "server/transport/self_probe.h"

#include <netdb.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/address.h"

namespace vtlookup {
namespace {

using std::string_view_literals::operator""sv;

// HTTP/2: types of frames, then flags (RFC 9113).
constexpr char kHeaders = 1;
constexpr char kData = 0;
constexpr char kSettings = 4;
constexpr char kGoAway = 7;
constexpr char kEndStream = 1;
constexpr char kEndHeaders = 4;

absl::Status NoAnswer(std::string_view why) {
  return absl::UnavailableError(
      absl::StrCat("the daemon cannot be reached through its own listener: ",
                   std::string(why)));
}

std::string Frame(char type, char flags, char stream,
                  std::string_view payload) {
  std::string frame;
  for (const int shift : {16, 8, 0}) {
    frame.push_back(static_cast<char>(payload.size() >> shift));
  }
  frame += {type, flags, 0, 0, 0, stream};
  frame += payload;
  return frame;
}

// Encodes a header whose name is at `index`, below 15, of HPACK's static table.
std::string Header(char index, std::string_view value) {
  std::string out{index, static_cast<char>(value.size())};
  out += value;
  return out;
}

// Returns all that the client sends: the preface of HTTP/2, and one call with
// an empty message.
std::string Conversation() {
  const std::string headers = absl::StrCat(
      "\x83\x86",  // :method POST, :scheme http
      Header(4, "/grpc.health.v1.Health/Check"), Header(1, "vtlookupd"),
      // content-type has the index 31 in the table; te is not in the table.
      std::string("\x0f\x10\x10"
                  "application/grpc"sv),
      std::string("\x00\x02te\x08trailers"sv));
  return absl::StrCat("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                      Frame(kSettings, 0, 0, ""),
                      Frame(kHeaders, kEndHeaders, 1, headers),
                      Frame(kData, kEndStream, 1, "\0\0\0\0\0"sv));
}

// A connected socket, with or without TLS. Owns the descriptor.
class Connection {
 public:
  explicit Connection(int fd) : fd_(fd) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { close(fd_); }

  // Does the whole handshake. Returns false when it fails.
  bool StartTls() {
    PrepareTls();
    SSL_set_fd(ssl_.get(), fd_);
    return SSL_connect(ssl_.get()) == 1;
  }

  // Whether the server answers the first message of a handshake.
  bool AnswersHello() {
    PrepareTls();
    BIO* const in = BIO_new(BIO_s_mem());
    BIO* const out = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl_.get(), in, out);  // takes ownership of both
    SSL_connect(ssl_.get());           // writes the first message only
    char* hello = nullptr;
    const long size = BIO_get_mem_data(out, &hello);
    char first = 0;
    return size > 0 &&
           send(fd_, hello, static_cast<size_t>(size), MSG_NOSIGNAL) == size &&
           recv(fd_, &first, 1, 0) == 1;
  }

  bool Send(std::string_view bytes) {
    const int size = static_cast<int>(bytes.size());
    if (ssl_ != nullptr) {
      return SSL_write(ssl_.get(), bytes.data(), size) == size;
    }
    return send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == size;
  }

  bool Receive(char* to, size_t size) {
    while (size > 0) {
      const auto got = ssl_ != nullptr
                           ? static_cast<ssize_t>(SSL_read(
                                 ssl_.get(), to, static_cast<int>(size)))
                           : recv(fd_, to, size, 0);
      if (got <= 0) return false;
      to += got;
      size -= static_cast<size_t>(got);
    }
    return true;
  }

 private:
  void PrepareTls() {
    context_.reset(SSL_CTX_new(TLS_client_method()));
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_alpn_protos(ssl_.get(),
                        reinterpret_cast<const unsigned char*>("\x02h2"), 3);
  }

  const int fd_;
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_{nullptr, SSL_CTX_free};
  std::unique_ptr<SSL, void (*)(SSL*)> ssl_{nullptr, SSL_free};
};

// Waits for the headers of the reply. Returns whether they came.
bool ReceiveReply(Connection& connection) {
  std::array<char, 9> head{};
  while (connection.Receive(head.data(), head.size())) {
    const auto byte = [&head](size_t at) {
      return static_cast<size_t>(static_cast<unsigned char>(head[at]));
    };
    std::string payload(byte(0) << 16 | byte(1) << 8 | byte(2), '\0');
    if (!connection.Receive(payload.data(), payload.size())) return false;
    if (head[3] == kHeaders) return true;
    if (head[3] == kGoAway) return false;
  }
  return false;
}

int ConnectUnix(const std::string& path) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  if (path.size() >= sizeof name.sun_path) return -1;
  std::memcpy(name.sun_path, path.data(), path.size());
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd >= 0 &&
      connect(fd, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0) {
    return fd;
  }
  if (fd >= 0) close(fd);
  return -1;
}

// Lets the system choose a local port now rather than in connect(), because the
// caller must know the port before the connection is made. Returns 0 on
// failure.
int BindAnyPort(int fd, int family) {
  sockaddr_storage any{};
  any.ss_family = static_cast<sa_family_t>(family);
  socklen_t size =
      family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
  if (bind(fd, reinterpret_cast<const sockaddr*>(&any), size) != 0) return 0;
  getsockname(fd, reinterpret_cast<sockaddr*>(&any), &size);
  return ntohs(family == AF_INET6
                   ? reinterpret_cast<const sockaddr_in6&>(any).sin6_port
                   : reinterpret_cast<const sockaddr_in&>(any).sin_port);
}

int ConnectPort(const HostPort& to, const timeval& patience,
                const std::function<void(int port)>& before_connect) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  // A wildcard address reaches this machine.
  if (getaddrinfo(to.host.c_str(), absl::StrCat(to.port).c_str(), &hints,
                  &found) != 0) {
    return -1;
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found,
                                                             freeaddrinfo);
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    const int fd = socket(each->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) continue;
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    before_connect(BindAnyPort(fd, each->ai_family));
    if (connect(fd, each->ai_addr, each->ai_addrlen) == 0) return fd;
    close(fd);
  }
  return -1;
}

int Connect(const std::string& address, const timeval& patience,
            const std::function<void(int port)>& before_connect) {
  if (IsUnixAddress(address)) {
    before_connect(0);
    return ConnectUnix(address.substr(address.find(':') + 1));
  }
  const std::optional<HostPort> to = SplitAddress(address);
  return to.has_value() ? ConnectPort(*to, patience, before_connect) : -1;
}

}  // namespace

absl::Status ProbeListener(
    const std::string& address, ListenerTls tls, absl::Duration patience,
    const std::function<void(int port)>& before_connect) {
  const timeval limit = absl::ToTimeval(patience);
  const int fd = Connect(address, limit, before_connect);
  if (fd < 0) return NoAnswer("it does not accept a connection");
  Connection connection(fd);
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  if (tls == ListenerTls::kMutual) {
    return connection.AnswersHello()
               ? absl::OkStatus()
               : NoAnswer("it does not answer a TLS handshake");
  }
  if (tls == ListenerTls::kServer && !connection.StartTls()) {
    return NoAnswer("the TLS handshake failed");
  }
  if (!connection.Send(Conversation()) || !ReceiveReply(connection)) {
    return NoAnswer("it does not answer a health check");
  }
  return absl::OkStatus();
}

SelfProbe::SelfProbe(std::function<absl::Status()> probe)
    : probe_(std::move(probe)), thread_([this] { Run(); }) {}

void SelfProbe::Stop() {
  if (!thread_.joinable()) return;
  {
    MutexLock lock(mu_);
    stopping_ = true;
    stop_.NotifyAll();
  }
  thread_.join();
}

absl::Status SelfProbe::status() const {
  MutexLock lock(mu_);
  return failures_ < kMostFailures ? absl::OkStatus() : last_;
}

void SelfProbe::Run() {
  for (;;) {
    {
      MutexLock lock(mu_);
      if (!stopping_) {
        stop_.WaitFor(mu_, absl::ToChronoMilliseconds(kPeriod));
      }
      if (stopping_) return;
    }
    absl::Status status = probe_();
    MutexLock lock(mu_);
    failures_ = status.ok() ? 0 : failures_ + 1;
    last_ = std::move(status);
  }
}

}  // namespace vtlookup
