#ifndef VTLOOKUP_SERVER_TRANSPORT_STREAM_COUNTS_H_
#define VTLOOKUP_SERVER_TRANSPORT_STREAM_COUNTS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"

namespace vtlookup {

// Tells how many HTTP/2 streams of a connection the server has not answered.
// gRPC counts a stream when it reads the first frame of it, also if the client
// resets it at once and its call is never shown to us (docs/adr/0041). The
// counts come from gRPC's channelz and cost some 50 us each, so they are for
// suspicious connections only. One thread at a time.
class StreamCounts {
 public:
  // Finding the connections that it does not know yet takes a millisecond for
  // some hundred connections, so it is done this often at most.
  static constexpr absl::Duration kListAgain = absl::Milliseconds(200);

  // Returns the number of streams that the client of a connection has opened,
  // without those whose status was sent to it: the streams that are open, and
  // those that were reset. `peer` is gRPC's name for the connection
  // ("ipv4:10.1.2.3:4567"), `monotonic_now` is MonotonicTime (core/clock.h).
  // Nothing when gRPC does not know the connection, in the first kListAgain of
  // a connection at most, and for Unix sockets, which all have the same name.
  std::optional<uint64_t> Of(const std::string& peer,
                             absl::Duration monotonic_now);

 private:
  void List();

  // channelz's identifiers, by the connection's name.
  absl::flat_hash_map<std::string, int64_t> sockets_;
  absl::Duration listed_ = -absl::InfiniteDuration();  // when List ran last
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_TRANSPORT_STREAM_COUNTS_H_
