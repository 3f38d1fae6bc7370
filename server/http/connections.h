#ifndef VTLOOKUP_SERVER_HTTP_CONNECTIONS_H_
#define VTLOOKUP_SERVER_HTTP_CONNECTIONS_H_

#include <cstddef>
#include <map>
#include <vector>

#include "absl/time/time.h"

namespace vtlookup {

// Which open connections of a server must make room for others: those whose
// request has not been answered within a time, counted from when they were
// opened or last answered, and the oldest when there are many. A client that
// sends a byte now and then is never idle, but is slow. One thread.
class HttpConnections {
 public:
  // More than `crowd` connections are not left open at a time.
  HttpConnections(absl::Duration deadline, size_t crowd)
      : deadline_(deadline), crowd_(crowd) {}

  // A connection was opened. Returns those that are to be broken off now; they
  // are forgotten. Never the new one.
  std::vector<int> Open(int fd, absl::Duration now);

  // It got an answer, so its time begins anew. No effect once it is forgotten.
  void Answered(int fd, absl::Duration now);

  void Close(int fd) { since_.erase(fd); }

 private:
  const absl::Duration deadline_;
  const size_t crowd_;
  std::map<int, absl::Duration> since_;  // by descriptor
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_HTTP_CONNECTIONS_H_
