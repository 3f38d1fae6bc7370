#ifndef VTLOOKUP_SERVER_OPERATORS_HTTP_CONNECTIONS_H_
#define VTLOOKUP_SERVER_OPERATORS_HTTP_CONNECTIONS_H_

#include <cstddef>
#include <map>
#include <vector>

#include "absl/time/time.h"

namespace vtlookup {

// Decides which open connections of an HTTP server are closed to make room:
// those that got no answer within `deadline` after they were opened or last
// answered, and the oldest one when there are too many. So a client that sends
// a byte now and then cannot hold a connection. Connections are identified by
// their descriptors, which the caller owns; `now` is MonotonicTime(). One
// thread at a time.
class HttpConnections {
 public:
  // At most `crowd` connections stay open at a time.
  HttpConnections(absl::Duration deadline, size_t crowd)
      : deadline_(deadline), crowd_(crowd) {}

  // A connection was opened. Returns the connections to close now, never the
  // new one, and forgets them.
  std::vector<int> Open(int fd, absl::Duration now);

  // The connection got an answer, so its deadline is renewed. No effect on a
  // forgotten connection.
  void Answered(int fd, absl::Duration now);

  // The connection has ended.
  void Close(int fd) { since_.erase(fd); }

 private:
  const absl::Duration deadline_;
  const size_t crowd_;
  std::map<int, absl::Duration> since_;  // by descriptor
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_OPERATORS_HTTP_CONNECTIONS_H_
