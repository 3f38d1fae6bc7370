#ifndef VTLOOKUP_SERVER_OPERATORS_HTTP_ENDPOINT_H_
#define VTLOOKUP_SERVER_OPERATORS_HTTP_ENDPOINT_H_

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "server/operators/http/connections.h"

struct MHD_Daemon;

namespace vtlookup {

// A GET request, with the parts that pages need.
struct HttpQuery {
  std::string path;
  std::map<std::string, std::string> arguments;
};

struct HttpPage {
  int status = 200;
  std::string type = "text/plain; charset=utf-8";
  std::string body;
};

// A read-only HTTP server for operators. It has one thread, and bounds on
// connections, on their memory and on the time until a request is complete and
// answered, so that no slow client delays a lookup, a probe or the shutdown.
// The headers of every answer keep a browser from running or loading anything
// from another server. On loopback only requests for a loopback name are
// answered; otherwise a web page could make a browser read this server under
// another name.
class HttpEndpoint {
 public:
  // Runs on the endpoint's thread, and may wait for the loop.
  using Handler = std::function<HttpPage(const HttpQuery& query)>;

  // `address` is host:port or [v6]:port; port 0 takes a free port.
  // FailedPrecondition when it cannot be bound.
  static absl::StatusOr<std::unique_ptr<HttpEndpoint>> Start(
      const std::string& address, Handler handler);

  // Closes all connections, even in the middle of an answer.
  ~HttpEndpoint();

  const std::string& address() const { return address_; }

  // Returns the page for a request to `host`. For the server's thread.
  HttpPage Answer(const HttpQuery& query, const std::string& host) const;

  // Called on the server's thread when a connection was opened, was answered,
  // or has ended.
  void OnOpen(int fd);
  void OnAnswered(int fd);
  void OnClose(int fd) { connections_.Close(fd); }

 private:
  HttpEndpoint(Handler handler, std::string address);

  struct Stop {
    void operator()(MHD_Daemon* daemon) const;
  };

  const Handler handler_;
  const std::string address_;
  HttpConnections connections_;  // the server's thread only
  std::unique_ptr<MHD_Daemon, Stop> daemon_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_OPERATORS_HTTP_ENDPOINT_H_
