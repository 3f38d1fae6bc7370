#include "server/transport/connection_gate.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/clock.h"

namespace vtlookup {
namespace {

constexpr absl::Duration kTick = absl::Milliseconds(50);
// While a connection has more unread bytes than ConnectionTable::kStuck. In
// 50 ms a rapid reset takes some 40 MiB.
constexpr absl::Duration kQuickTick = absl::Milliseconds(15);
// After a pause of this thread, such as a stop of the process, a late queue
// says nothing about connections.
constexpr absl::Duration kWasAway = absl::Milliseconds(500);
// A sample costs a system call for each connection. With more connections than
// this, samples are taken less often.
constexpr size_t kSampledEachTick = 512;
// When there is no room, a connection that has sent nothing for this long makes
// room for a newcomer. Our clients send a ping each 30 s, and nothing while a
// call waits.
constexpr absl::Duration kSilent = absl::Seconds(10);
constexpr size_t kEvictedAtOnce = 16;
constexpr size_t kThrownAwayAtOnce = 1U << 30;
constexpr absl::Duration kEvictAgain = absl::Milliseconds(20);

int OpenReserve() { return open("/dev/null", O_RDONLY | O_CLOEXEC); }

// Mapped addresses are written as IPv4, as gRPC writes them.
bool IsMapped(const in6_addr& address) {
  return IN6_IS_ADDR_V4MAPPED(&address);
}

ConnectionTable::Peer PeerOf4(const in_addr& address, int port) {
  std::array<char, INET_ADDRSTRLEN> text{};
  inet_ntop(AF_INET, &address, text.data(), text.size());
  return {.name = absl::StrCat("ipv4:", text.data(), ":", port),
          .address = text.data(),
          .local = absl::StartsWith(text.data(), "127.")};
}

ConnectionTable::Peer PeerOf6(in6_addr address, int port) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(AF_INET6, &address, text.data(), text.size());
  ConnectionTable::Peer peer{
      .name = absl::StrCat("ipv6:%5B", text.data(), "%5D:", port),
      .address = {},
      .local = IN6_IS_ADDR_LOOPBACK(&address) != 0};
  // Providers give each customer at least a /64.
  std::fill(std::begin(address.s6_addr) + 8, std::end(address.s6_addr), 0);
  inet_ntop(AF_INET6, &address, text.data(), text.size());
  peer.address = text.data();
  return peer;
}

// Returns the peer. `port` becomes 0 for a Unix socket.
ConnectionTable::Peer PeerOf(int fd, int* port) {
  sockaddr_storage from{};
  socklen_t size = sizeof from;
  *port = 0;
  if (getpeername(fd, reinterpret_cast<sockaddr*>(&from), &size) != 0 ||
      (from.ss_family != AF_INET && from.ss_family != AF_INET6)) {
    return {.name = "unix:", .address = "unix", .local = true};
  }
  if (from.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(from);
    *port = ntohs(v4.sin_port);
    return PeerOf4(v4.sin_addr, *port);
  }
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(from);
  *port = ntohs(v6.sin6_port);
  if (!IsMapped(v6.sin6_addr)) return PeerOf6(v6.sin6_addr, *port);
  in_addr v4{};
  std::copy_n(v6.sin6_addr.s6_addr + 12, sizeof v4,
              reinterpret_cast<uint8_t*>(&v4));
  return PeerOf4(v4, *port);
}

// Returns false when the kernel has no room for the watch.
bool Watch(int epoll, int fd, uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.fd = fd;
  return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

}  // namespace

ConnectionGate::ConnectionGate(Options options, std::vector<int> sockets,
                               Intake& intake)
    : options_(std::move(options)),
      sockets_(std::move(sockets)),
      intake_(intake),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      table_(options_.limits),
      reserve_(OpenReserve()),
      ticked_(MonotonicTime()) {
  Watch(epoll_, wake_, EPOLLIN);
  for (const int socket : sockets_) Watch(epoll_, socket, EPOLLIN);
  thread_ = std::thread([this] { Run(); });
}

ConnectionGate::~ConnectionGate() {
  Stop();
  for (const int id : table_.ids()) close(id);
}

void ConnectionGate::Stop() {
  if (!thread_.joinable()) return;
  eventfd_write(wake_, 1);
  thread_.join();
  for (const int socket : sockets_) close(socket);
  if (reserve_ >= 0) close(reserve_);
  close(wake_);
  close(epoll_);
}

void ConnectionGate::CutAll() {
  for (const int id : table_.ids()) shutdown(id, SHUT_RDWR);
}

void ConnectionGate::Run() {
  std::array<epoll_event, 64> events;
  for (;;) {
    const int timeout =
        table_.size() == 0
            ? -1
            : static_cast<int>(absl::ToInt64Milliseconds(Pace()));
    const int count = epoll_wait(epoll_, events.data(),
                                 static_cast<int>(events.size()), timeout);
    // The ends come first: a newcomer may get the descriptor number that Forget
    // frees.
    for (int i = 0; i < count; ++i) {
      const int fd = events[static_cast<size_t>(i)].data.fd;
      if (fd == wake_) return;
      if (!Listens(fd)) Forget(fd);  // the gate watches only for its end
    }
    for (int i = 0; i < count; ++i) {
      const int fd = events[static_cast<size_t>(i)].data.fd;
      if (Listens(fd)) AcceptAll(fd);
    }
    if (MonotonicTime() - ticked_ >= Pace()) Tick();
  }
}

absl::Duration ConnectionGate::Pace() const {
  return table_.wants_waiting() ? kQuickTick : kTick;
}

bool ConnectionGate::Listens(int fd) const {
  return std::find(sockets_.begin(), sockets_.end(), fd) != sockets_.end();
}

// Forgets the connections that have ended. REQUIRES: Run has already handled
// all ends that its last epoll_wait reported.
void ConnectionGate::ForgetEnded() {
  std::array<epoll_event, 64> events;
  int ended = 0;
  do {
    const int count =
        epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 0);
    ended = 0;
    for (int i = 0; i < count; ++i) {
      const int fd = events[static_cast<size_t>(i)].data.fd;
      if (fd == wake_ || Listens(fd)) continue;
      Forget(fd);
      ++ended;
    }
  } while (ended > 0);
}

void ConnectionGate::AcceptAll(int socket) {
  for (;;) {
    const int fd =
        accept4(socket, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      Admit(fd);
    } else if (errno == EMFILE || errno == ENFILE) {
      return GiveUpReserve(socket);
    } else if (errno != EINTR && errno != ECONNABORTED) {
      return;  // none is waiting, or the next event repeats the error
    }
  }
}

// Uses the spare descriptor to accept a connection and close it. Without a
// descriptor the connection could not be refused, and epoll would report it
// again and again.
void ConnectionGate::GiveUpReserve(int socket) {
  counters_.refused_files.Add();
  if (reserve_ >= 0) close(reserve_);
  const int fd = accept4(socket, nullptr, nullptr, SOCK_CLOEXEC);
  if (fd >= 0) close(fd);
  reserve_ = OpenReserve();
}

void ConnectionGate::Admit(int fd) {
  int port = 0;
  ConnectionTable::Peer peer = PeerOf(fd, &port);
  int expected = port;
  const bool own = port != 0 && own_port_.compare_exchange_strong(expected, 0);
  ConnectionTable::Room room = table_.RoomFor(peer);
  if (room != ConnectionTable::Room::kEnough && !own) {
    ForgetEnded();
    room = table_.RoomFor(peer);
  }
  if (room == ConnectionTable::Room::kFull && !own && MakeRoom()) {
    room = table_.RoomFor(peer);
  }
  if (room != ConnectionTable::Room::kEnough && !own) {
    (room == ConnectionTable::Room::kFull ? counters_.refused_full
                                          : counters_.refused_address)
        .Add();
    close(fd);
    return;
  }
  const int id = fcntl(fd, F_DUPFD_CLOEXEC, 0);
  // epoll always reports the end of a connection (EPOLLHUP).
  if (id < 0 || !Watch(epoll_, id, 0)) {
    counters_.refused_files.Add();
    if (id >= 0) close(id);
    close(fd);
    return;
  }
  counters_.accepted.Add();
  table_.Add(id, std::move(peer));
  open_.store(table_.size(), std::memory_order_relaxed);
  options_.hand_over(fd);
}

// Cuts silent connections. Returns whether there is room for another one now.
bool ConnectionGate::MakeRoom() {
  const absl::Duration now = MonotonicTime();
  if (now - made_room_ < kEvictAgain) return false;
  made_room_ = now;
  const std::vector<int> silent =
      table_.MostSilent(Sample(), kEvictedAtOnce, kSilent);
  for (const int id : silent) {
    counters_.evicted.Add();
    Cut(id);
  }
  return !silent.empty();
}

void ConnectionGate::Forget(int id) {
  table_.Remove(id);
  open_.store(table_.size(), std::memory_order_relaxed);
  // Closing alone would leave the descriptor in the epoll set, because gRPC
  // still has the socket open.
  epoll_ctl(epoll_, EPOLL_CTL_DEL, id, nullptr);
  close(id);
}

// Ends a connection. gRPC, which has its own descriptor, notices that only
// after it has read the bytes that have arrived, so these are thrown away.
void ConnectionGate::Cut(int id) {
  shutdown(id, SHUT_RDWR);
  while (recv(id, nullptr, kThrownAwayAtOnce, MSG_TRUNC | MSG_DONTWAIT) > 0) {
  }
  Forget(id);
}

std::vector<ConnectionTable::Sample> ConnectionGate::Sample() {
  const absl::Duration now = MonotonicTime();
  std::vector<ConnectionTable::Sample> samples;
  samples.reserve(table_.size());
  for (const int id : table_.ids()) {
    tcp_info info{};
    socklen_t size = sizeof info;
    if (getsockopt(id, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) continue;
    int waiting = 0;
    if (table_.wants_waiting()) ioctl(id, FIONREAD, &waiting);
    samples.push_back({.id = id,
                       .received = info.tcpi_bytes_received,
                       .sent = info.tcpi_bytes_acked,
                       .waiting = static_cast<uint64_t>(waiting),
                       .unanswered = table_.WantsStreams(id)
                                         ? streams_.Of(table_.name(id), now)
                                         : std::nullopt,
                       .silent = absl::Milliseconds(info.tcpi_last_data_recv)});
  }
  return samples;
}

void ConnectionGate::CutSlowReaders(
    const std::vector<ConnectionTable::Sample>& samples,
    absl::Duration passed) {
  const UnsentBudget::ByConnection held = options_.held_replies();
  std::vector<SlowReaders::Reader> readers;
  if (!held.empty()) {
    readers.reserve(samples.size());
    for (const ConnectionTable::Sample& sample : samples) {
      readers.push_back({.id = sample.id,
                         .name = table_.name(sample.id),
                         .sent = sample.sent});
    }
  }
  for (const int id : slow_readers_.Find(readers, held, passed)) {
    counters_.cut_unread.Add();
    Cut(id);
  }
}

void ConnectionGate::Tick() {
  const absl::Duration now = MonotonicTime();
  const bool away = now - looked_ > kWasAway;
  looked_ = now;
  const bool held_up = options_.held_up() && !away;
  const auto pause =
      Pace() * static_cast<int64_t>(1 + table_.size() / kSampledEachTick);
  if (now - ticked_ < pause && !held_up) return;
  // Takes the bytes before the requests, so that bytes which arrive in between
  // count in favour of the connection.
  const std::vector<ConnectionTable::Sample> samples = Sample();
  CutSlowReaders(samples, now - ticked_);
  const std::vector<int> cut =
      table_.Judge(samples, intake_.Take(), now - ticked_, held_up);
  ticked_ = now;
  intake_.CountHeaders(table_.wants_headers());
  for (const int id : cut) {
    counters_.cut.Add();
    Cut(id);
  }
}

}  // namespace vtlookup
