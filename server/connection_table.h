#ifndef VTLOOKUP_SERVER_CONNECTION_TABLE_H_
#define VTLOOKUP_SERVER_CONNECTION_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "server/intake.h"

namespace vtlookup {

// The open connections of a server, and the rules for them: how many there may
// be, which one gives way to a newcomer, and which one is cut because it sends
// bytes that never become requests (docs/adr/0041). Unread bytes of a
// connection are those that it has sent beyond its requests. Pure bookkeeping:
// it reads no clock and no socket. One thread at a time.
class ConnectionTable {
 public:
  struct Limits {
    size_t max_connections = 0;
    // Connections of one address; those from this machine are not limited. 0:
    // no limit.
    size_t max_per_address = 0;
    // Unread bytes that a connection may have. Attacks on HTTP/2 consist of
    // such bytes, and so does a message until it is whole. 0: no connection is
    // judged by what it sends.
    uint64_t max_unread = 0;
    // Unread bytes of all connections. Beyond it the connection with the most
    // is cut.
    uint64_t max_unread_of_all = UINT64_MAX;
  };

  // What a connection may send for each call and each message beside the
  // message's own bytes: headers that HPACK keeps short, frames, TLS.
  static constexpr uint64_t kOverheadOfCall = 512;
  static constexpr uint64_t kOverheadOfMessage = 64;
  // Longer headers count as they are, up to so many bytes in a second: HPACK
  // lets a client name long ones in few bytes, and so seem to send more than it
  // does.
  static constexpr uint64_t kHeaderBytesPerSecond = 8U << 20;
  // Calls that are cancelled count so much each, up to so many in a second: a
  // thousand may run out of time, but a hundred thousand are an attack.
  static constexpr uint64_t kOverheadOfCancelled = 256;
  static constexpr uint64_t kCancelledPerSecond = 2000;
  // Bytes that a connection may send beside its calls: pings, health checks.
  // More would let many connections each feed a message slowly, unseen.
  static constexpr uint64_t kFreeBytesPerSecond = 128;
  // A client acknowledges what it receives; it may send this part of that.
  static constexpr uint64_t kPartForReplies = 64;
  // While a connection has more unread bytes than this, headers are counted.
  static constexpr uint64_t kSuspicious = 512U << 10;
  // While a thread of the server is held up, the connection with the most
  // unread bytes is cut if it has more than this. Honest clients have some,
  // too, when the machine is busy: a mebibyte for each message that is on its
  // way.
  static constexpr uint64_t kHoldsUp = 3U << 20;
  // When a thread has been held up for kHeldUpLong, the kCutAtOnce connections
  // with the most unread bytes are cut, if they have more than kDrips each:
  // many may hold it up together, each with a header that it never finishes.
  static constexpr absl::Duration kHeldUpLong = absl::Seconds(1);
  static constexpr size_t kCutAtOnce = 16;
  static constexpr uint64_t kDrips = 32U << 10;
  // A connection that has more cancelled calls than this in a second is cut
  // when it has kResets unread bytes.
  static constexpr uint64_t kMostCancelledPerSecond = 20'000;
  static constexpr uint64_t kResets = 1U << 20;

  using Id = int;  // a descriptor of the connection's socket
  struct Peer {
    std::string name;     // as gRPC writes it: "ipv4:10.1.2.3:4567"
    std::string address;  // the unit of limits: an IPv4 address, an IPv6 /64
    bool local = false;   // on this machine
  };

  explicit ConnectionTable(Limits limits) : limits_(limits) {}

  enum class Room { kEnough, kFull, kAddressFull };
  Room RoomFor(const Peer& peer) const;

  void Add(Id id, Peer peer);
  void Remove(Id id);
  size_t size() const { return connections_.size(); }
  std::vector<Id> ids() const;

  // What the kernel says of a connection's socket.
  struct Sample {
    Id id;
    uint64_t received = 0;  // bytes since the connection was opened
    uint64_t sent = 0;      // bytes of ours that the client has acknowledged
    absl::Duration silent = absl::ZeroDuration();  // since the last byte came
  };

  // Up to `count` connections that have been silent for at least `at_least`,
  // the most silent first, all of the address that has the most connections: an
  // address that opens thousands pushes out its own.
  std::vector<Id> MostSilent(std::vector<Sample> samples, size_t count,
                             absl::Duration at_least) const;

  // Judges what has come in the time `passed` since the last call, and returns
  // the connections to cut. `taken`: what became requests since the last call,
  // by Peer::name. `held_up`: a thread of the server is held up.
  std::vector<Id> Judge(const std::vector<Sample>& samples,
                        const Intake::ByPeer& taken, absl::Duration passed,
                        bool held_up);

  // Whether the next Judge wants headers to be counted.
  bool wants_headers() const { return wants_headers_; }

 private:
  struct Connection {
    Peer peer;
    uint64_t received = 0;  // as of the last sample
    uint64_t sent = 0;      // likewise
    uint64_t unread = 0;    // bytes
  };

  std::vector<Id> MostUnread() const;
  static void CountUnread(const Sample& sample, const Intake::Counts& taken,
                          absl::Duration passed, Connection* connection);

  const Limits limits_;
  absl::flat_hash_map<Id, Connection> connections_;
  absl::flat_hash_map<std::string, size_t> by_address_;
  bool wants_headers_ = false;
  absl::Duration held_up_for_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_CONNECTION_TABLE_H_
