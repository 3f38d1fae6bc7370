#ifndef VTLOOKUP_SERVER_TRANSPORT_STREAM_COUNTS_H_
#define VTLOOKUP_SERVER_TRANSPORT_STREAM_COUNTS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"

namespace vtlookup {

// Tells how many HTTP/2 streams clients have opened on a connection. gRPC
// counts a stream when it reads the first frame of it; a call that is reset at
// once may never be shown to us, but its stream is counted (docs/adr/0041). The
// counts come from gRPC's channelz and cost some 50 us each, so they are for
// suspicious connections only. One thread at a time.
class StreamCounts {
 public:
  // Finding the connections that it does not know yet takes a millisecond for
  // some hundred connections, so it is done this often at most.
  static constexpr absl::Duration kListAgain = absl::Milliseconds(200);

  // Returns the number of streams that the client at the other end of a
  // connection has opened since it connected. `peer` is gRPC's name for the
  // connection ("ipv4:10.1.2.3:4567"). Nothing when gRPC does not know the
  // connection, or not yet.
  std::optional<uint64_t> Of(const std::string& peer,
                             absl::Duration monotonic_now);

 private:
  void List();

  // channelz's identifiers, by the connection's name.
  absl::flat_hash_map<std::string, int64_t> sockets_;
  absl::Duration listed_ = -absl::InfiniteDuration();
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_TRANSPORT_STREAM_COUNTS_H_
