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

// A GET, as far as pages need it.
struct HttpQuery {
  std::string path;
  std::map<std::string, std::string> arguments;
};

struct HttpPage {
  int status = 200;
  std::string type = "text/plain; charset=utf-8";
  std::string body;
};

// An HTTP server for operators, which only reads. It has one thread of its own,
// and bounds on connections, on their memory and on the time until a request is
// there and answered, so that nobody who reads or writes slowly holds up a
// lookup, a probe or the end of the daemon. Every answer has
// headers that keep a browser from running or loading anything that is not of
// this server. On loopback only requests for a loopback name are answered: else
// a web page could have a browser read this server under a name of its own.
class HttpEndpoint {
 public:
  // Runs on the endpoint's thread, which may wait for the loop.
  using Handler = std::function<HttpPage(const HttpQuery& query)>;

  // `address` is host:port or [v6]:port; port 0 takes a free one.
  // FailedPrecondition when it cannot be had.
  static absl::StatusOr<std::unique_ptr<HttpEndpoint>> Start(
      const std::string& address, Handler handler);

  // Breaks connections off, whatever is under way on them.
  ~HttpEndpoint();

  const std::string& address() const { return address_; }

  // For the server's thread: the page for a request to `host`.
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
