#ifndef VTLOOKUP_SERVER_HTTP_ENDPOINT_H_
#define VTLOOKUP_SERVER_HTTP_ENDPOINT_H_

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/statusor.h"

namespace httplib {
class Server;
}

namespace vtlookup {

// What operators read over HTTP: GET /metrics. It has a few threads of its
// own, so that nobody who reads slowly holds up a lookup.
class HttpEndpoint {
 public:
  // Runs on any of the threads, several at once.
  using Text = std::function<std::string()>;

  // `address` is host:port or [v6]:port; port 0 takes a free one.
  // FailedPrecondition when it cannot be had.
  static absl::StatusOr<std::unique_ptr<HttpEndpoint>> Start(
      const std::string& address, Text metrics);

  // Lets requests under way end.
  ~HttpEndpoint();

  const std::string& address() const { return address_; }

 private:
  explicit HttpEndpoint(Text metrics);

  const Text metrics_;
  std::unique_ptr<httplib::Server> server_;
  std::string address_;
  std::thread thread_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_HTTP_ENDPOINT_H_
