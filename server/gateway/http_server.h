#ifndef VTLOOKUP_SERVER_GATEWAY_HTTP_SERVER_H_
#define VTLOOKUP_SERVER_GATEWAY_HTTP_SERVER_H_

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/counter.h"
#include "server/gateway/http_connection.h"
#include "server/gateway/message.h"
#include "server/transport/tls.h"

namespace vtlookup {

// Serves HTTP/1.1 on one thread, which never waits for anything but sockets.
// Thread-safe unless a function says otherwise.
class HttpServer {
 public:
  struct Options {
    std::string address;  // host:port, [v6]:port or unix:/path
    Tls* tls = nullptr;   // null: no TLS. Borrowed.
    // When all are taken, a new connection takes the place of the one that has
    // been idle longest, or is closed if none is idle.
    size_t max_connections = 0;
    uint32_t max_headers = 0;  // bytes
    uint64_t max_body = 0;     // bytes of one request
    uint64_t max_unsent = 0;   // bytes of large answers that are not yet sent
    // Whether a host of a `Host` header is ours.
    std::function<bool(const std::string& host)> is_ours;
    GatewayHandler handler;
    // As in HttpShared.
    std::function<bool(std::string_view path)> is_streamed = {};
    HttpStreamHandler stream_handler = {};
    absl::Duration stream_idle = absl::Minutes(1);
  };

  // Binds the address and serves. FailedPrecondition when the address cannot be
  // bound, or when OpenSSL does not take the certificate.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(Options options);

  // Calls Stop, and closes all connections, even in the middle of an answer. No
  // handler's answer may come afterwards.
  ~HttpServer();

  // Ends the thread: nothing is read or written any more, no handler is called,
  // and answers that still come are dropped. Call it on another thread than the
  // server's.
  void Stop();

  // Accepts no more connections, and closes each after its present request.
  // Waits until all are closed, for `grace` at most.
  void Drain(absl::Duration grace);

  // With the port that was taken.
  const std::string& address() const { return address_; }
  size_t open() const { return open_.load(); }
  const Counter& accepted() const { return accepted_; }
  // Connections that were closed to make room.
  const Counter& crowded_out() const { return crowded_out_; }
  const Counter& requests() const { return shared_.requests; }
  const Counter& refused() const { return shared_.refused; }
  const Counter& not_read() const { return shared_.not_read; }
  // Clients of streamed requests that neither sent nor read.
  const Counter& cut_idle() const { return shared_.cut_idle; }

 private:
  using Acceptor = boost::asio::posix::stream_descriptor;

  HttpServer(Options options, std::string address, const std::vector<int>& fds);

  void Await(Acceptor& acceptor);
  void AcceptAll(Acceptor& acceptor);
  void Take(int fd, std::string peer);
  bool MakeRoom();
  std::shared_ptr<boost::asio::ssl::context> TlsContext();
  void OnEnd(HttpConnection* connection);

  Options options_;  // the handler has been moved out of it
  const std::string address_;
  boost::asio::io_context io_;
  HttpShared shared_;
  Counter accepted_;
  Counter crowded_out_;
  std::atomic<size_t> open_{0};

  // The thread of the server only.
  std::vector<std::unique_ptr<Acceptor>> acceptors_;
  std::unordered_map<HttpConnection*, std::shared_ptr<HttpConnection>>
      connections_;
  std::shared_ptr<boost::asio::ssl::context> tls_context_;
  int tls_version_ = 0;

  std::mutex mu_;
  std::condition_variable emptied_;  // with mu_, when open_ became 0
  std::thread thread_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_GATEWAY_HTTP_SERVER_H_
