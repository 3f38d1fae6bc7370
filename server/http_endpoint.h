#ifndef VTLOOKUP_SERVER_HTTP_ENDPOINT_H_
#define VTLOOKUP_SERVER_HTTP_ENDPOINT_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

struct MHD_Daemon;

namespace vtlookup {

// What operators read over HTTP: GET /metrics. It has one thread of its own,
// and bounds on connections and on their memory, so that nobody who reads or
// writes slowly holds up a lookup or the end of the daemon.
class HttpEndpoint {
 public:
  // Runs on the endpoint's thread.
  using Text = std::function<std::string()>;

  // `address` is host:port or [v6]:port; port 0 takes a free one.
  // FailedPrecondition when it cannot be had.
  static absl::StatusOr<std::unique_ptr<HttpEndpoint>> Start(
      const std::string& address, Text metrics);

  // Breaks connections off, whatever is under way on them.
  ~HttpEndpoint();

  const std::string& address() const { return address_; }

  // What to send for `path`; nothing when there is no such page.
  bool Page(const std::string& path, std::string* body) const;

 private:
  HttpEndpoint(Text metrics, std::string address);

  struct Stop {
    void operator()(MHD_Daemon* daemon) const;
  };

  const Text metrics_;
  const std::string address_;
  std::unique_ptr<MHD_Daemon, Stop> daemon_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_HTTP_ENDPOINT_H_
