#ifndef VTLOOKUP_SIM_HTTP_SERVER_H_
#define VTLOOKUP_SIM_HTTP_SERVER_H_

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include "sim/simulator.h"

struct event_base;
struct evhttp;
struct evhttp_request;

namespace vtsim {

// An HTTP/1.1 server on one thread, which also applies the faults to the bytes
// of the answers. It holds as many delayed requests as there are file
// descriptors.
class HttpServer {
 public:
  // Borrows the simulator and `log`. Each request is written to `log` as a line
  // of JSON when it arrives; null: no log.
  HttpServer(Simulator& simulator, std::FILE* log);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Binds to `port`; 0 takes a free port. Returns the port, or 0 on failure.
  uint16_t Listen(const std::string& address, uint16_t port);

  // Serves until SIGTERM or SIGINT.
  void Run();

 private:
  static void OnRequest(evhttp_request* request, void* self);

  void Handle(evhttp_request* request);
  void Log(const Request& request, const Response& response,
           double unix_time) const;

  Simulator& simulator_;
  std::FILE* const log_;
  event_base* const base_;
  evhttp* const http_;
};

}  // namespace vtsim

#endif  // VTLOOKUP_SIM_HTTP_SERVER_H_
