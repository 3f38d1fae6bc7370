#ifndef VTLOOKUP_SERVER_TRANSPORT_CONNECTION_TABLE_H_
#define VTLOOKUP_SERVER_TRANSPORT_CONNECTION_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "server/transport/intake.h"

namespace vtlookup {

// The open connections of a server, and the rules for them: how many there may
// be, which one is evicted for a newcomer, and which one is cut because it
// sends bytes that never become requests (docs/adr/0041). The unread bytes of a
// connection are those that it has sent beyond its requests. Pure bookkeeping:
// it reads no clock and no socket. One thread at a time.
class ConnectionTable {
 public:
  struct Limits {
    size_t max_connections = 0;
    // Connections from one address; those from this machine are not limited. 0:
    // no limit.
    size_t max_per_address = 0;
    // Unread bytes that one connection may have. Attacks on HTTP/2 consist of
    // unread bytes, but so does a message until it is complete. 0: connections
    // are not judged by what they send.
    uint64_t max_unread = 0;
    // Calls that may be under way on one connection.
    uint64_t max_streams = 1000;
    // Unread bytes of all connections. Beyond this the connection with the most
    // is cut.
    uint64_t max_unread_of_all = UINT64_MAX;
  };

  // Bytes that a connection may send for each call and each message in addition
  // to the message itself: short headers (HPACK), frames, TLS.
  static constexpr uint64_t kOverheadOfCall = 512;
  static constexpr uint64_t kOverheadOfMessage = 64;
  // Longer headers count with their full size, up to this many bytes in a
  // second. HPACK lets a client name long headers in few bytes, and so seem to
  // send more than it does.
  static constexpr uint64_t kHeaderBytesPerSecond = 8U << 20;
  // Bytes that each cancelled call counts for, up to this many calls in a
  // second: a thousand calls may run out of time, but a hundred thousand are an
  // attack.
  static constexpr uint64_t kOverheadOfCancelled = 256;
  static constexpr uint64_t kCancelledPerSecond = 2000;
  // Bytes in a second that a connection may send outside its calls: pings,
  // health checks. With more, many connections could each feed a message
  // slowly, unseen.
  static constexpr uint64_t kFreeBytesPerSecond = 128;
  // A client acknowledges what it receives; it may send one byte for this many.
  static constexpr uint64_t kPartForReplies = 64;
  // Headers are counted while a connection has more unread bytes than this.
  static constexpr uint64_t kSuspicious = 512U << 10;
  // While a thread of the server is held up, the connection with the most
  // unread bytes is cut if it has more than this. Honest clients have some,
  // too, when the machine is busy: a mebibyte for each message under way.
  static constexpr uint64_t kHoldsUp = 3U << 20;
  // With each piece of a header gRPC copies all of the header that has come so
  // far. So many connections can hold a thread up together, if each has a long
  // header that it does not finish; nothing else can arrive on such a
  // connection. During kAlert after a thread was held up, a connection is cut
  // if for kStuckFor it has had more than kStuck unread bytes, no request, and
  // fewer than kUploadPerSecond new bytes in a second. Connections of the same
  // address are cut with it if they have never made a request and have between
  // kDrips and kStuck unread bytes, because a server that is held up has not
  // read more of them yet.
  static constexpr absl::Duration kAlert = absl::Seconds(1);
  static constexpr absl::Duration kStuckFor = absl::Seconds(1);
  static constexpr uint64_t kStuck = 128U << 10;
  static constexpr uint64_t kUploadPerSecond = 1U << 20;
  // When a thread has been held up for kHeldUpLong, the kCutAtOnce connections
  // with the most unread bytes are cut, if they have more than kDrips each:
  // many connections may hold the thread up together in another way.
  static constexpr absl::Duration kHeldUpLong = absl::Seconds(1);
  static constexpr size_t kCutAtOnce = 16;
  static constexpr uint64_t kDrips = 32U << 10;
  // A connection with more cancelled calls than this in a second is cut when it
  // has more than kResets unread bytes.
  static constexpr uint64_t kMostCancelledPerSecond = 20'000;
  static constexpr uint64_t kResets = 1U << 20;

  // Calls that are reset as soon as they begin take some 5 kB of memory for
  // each 25 bytes. When they come fast, gRPC may show them to us neither as
  // calls nor as cancelled; only their streams show that they were made. A
  // connection is cut when more of its streams than kMostUnseen +
  // Limits::max_streams have neither been answered nor been shown to us as
  // cancelled. The count begins at 0 when the connection has more than kStuck
  // unread bytes, and ends when it has fewer. An honest client's streams are
  // answered, or are fewer than max_streams.
  static constexpr uint64_t kMostUnseen = 4096;

  // A thread counts as held up, too, when bytes have lain in the socket of a
  // connection for this long and the server has read none of them: the server
  // may then serve its queue, but not its connections.
  static constexpr absl::Duration kUnserved = absl::Milliseconds(500);
  // A longer pause between two samples means that this process did not run.
  static constexpr absl::Duration kLongestPause = absl::Milliseconds(500);

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
  // Peer::name of a connection that is in the table.
  const std::string& name(Id id) const { return connections_.at(id).peer.name; }
  std::vector<Id> ids() const;

  // The state of a connection's socket, from the kernel.
  struct Sample {
    Id id;
    uint64_t received = 0;  // bytes since the connection was opened
    uint64_t sent = 0;      // bytes of ours that the client has acknowledged
    uint64_t waiting = 0;   // unread in the socket; set if wants_waiting()
    // Streams of the client that the server has not answered, open ones and
    // others; set if WantsStreams(id) and known.
    std::optional<uint64_t> unanswered = std::nullopt;
    absl::Duration silent = absl::ZeroDuration();  // since the last byte came
  };

  // Returns up to `count` connections that have been silent for at least
  // `at_least`, the most silent first. All are of the address with the most
  // connections, so an address that opens thousands evicts its own.
  std::vector<Id> MostSilent(std::vector<Sample> samples, size_t count,
                             absl::Duration at_least) const;

  // Judges the time `passed` since the last call, and returns the connections
  // to cut. `taken` has the requests that arrived in that time, by Peer::name.
  // `held_up` says whether a thread of the server is held up.
  std::vector<Id> Judge(const std::vector<Sample>& samples,
                        const Intake::ByPeer& taken, absl::Duration passed,
                        bool held_up);

  // Whether the next Judge needs Intake::Counts::headers.
  bool wants_headers() const { return wants_headers_; }
  // Whether the next Judge needs Sample::waiting.
  bool wants_waiting() const { return wants_waiting_; }
  // Whether the next Judge needs Sample::unanswered of a connection in the
  // table.
  bool WantsStreams(Id id) const { return connections_.at(id).unread > kStuck; }

 private:
  struct Connection {
    Peer peer;
    uint64_t received = 0;   // as of the last sample
    uint64_t sent = 0;       // as of the last sample
    uint64_t unread = 0;     // bytes
    uint64_t taken = 0;      // received bytes that the server has read
    bool has_asked = false;  // has made a request
    // Unanswered streams when they began to be counted, and the streams that
    // were shown to us as cancelled since then.
    std::optional<uint64_t> unanswered_at = std::nullopt;
    uint64_t cancelled = 0;
    // Streams that were neither answered nor shown as cancelled since then.
    uint64_t unseen = 0;
    // How long bytes have been waiting without the server reading any.
    absl::Duration unserved_for = absl::ZeroDuration();
    // How long the connection has had more than kStuck unread bytes and no
    // request, and its unread bytes when that began.
    absl::Duration stuck_for = absl::ZeroDuration();
    uint64_t stuck_at = 0;
  };

  std::vector<Id> Stuck() const;
  bool AnyUnserved() const;
  static bool IsStuck(const Connection& connection);
  std::vector<Id> MostUnread() const;
  static void CountUnread(const Sample& sample, const Intake::Counts& taken,
                          absl::Duration passed, Connection* connection);
  static void CountUnseen(const Sample& sample, const Intake::Counts& taken,
                          Connection* connection);
  bool IsAttack(const Connection& connection, const Intake::Counts& taken,
                absl::Duration passed) const;

  const Limits limits_;
  absl::flat_hash_map<Id, Connection> connections_;
  absl::flat_hash_map<std::string, size_t> by_address_;
  bool wants_headers_ = false;
  bool wants_waiting_ = false;
  absl::Duration held_up_for_;
  absl::Duration since_held_up_ = absl::InfiniteDuration();
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_TRANSPORT_CONNECTION_TABLE_H_
