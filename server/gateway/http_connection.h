#ifndef VTLOOKUP_SERVER_GATEWAY_HTTP_CONNECTION_H_
#define VTLOOKUP_SERVER_GATEWAY_HTTP_CONNECTION_H_

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "core/counter.h"
#include "server/gateway/http_stream.h"
#include "server/gateway/message.h"

namespace vtlookup {

// What all connections of a server share. Borrowed by them.
struct HttpShared {
  boost::asio::io_context& io;
  GatewayHandler handler;
  // Whether the requests of a path, as it came, are streamed; and who takes
  // those. Both may be empty.
  std::function<bool(std::string_view path)> is_streamed;
  HttpStreamHandler stream_handler;
  // A client of a streamed request that neither sends nor reads for so long,
  // though it could, is cut.
  absl::Duration stream_idle;
  // Whether a `Host` header without its port names this server.
  std::function<bool(const std::string& host)> is_ours;
  uint32_t max_headers = 0;  // bytes
  uint64_t max_body = 0;     // bytes of one request
  // Bytes of request bodies of all connections together. A request that has no
  // room is refused with 503.
  uint64_t max_bodies = 0;
  uint64_t bodies = 0;  // held now; the server's thread only
  // Bytes of large answers of all connections that are not yet sent. An answer
  // that has no room is dropped, and the client gets REPLIES_NOT_READ.
  uint64_t max_unsent = 0;
  uint64_t unsent = 0;   // held now; the server's thread only
  bool closing = false;  // the server's thread only; connections end now
  Counter requests = {};
  Counter not_read = {};  // answers that had no room
  Counter refused = {};   // requests that never reached the handler
  Counter cut_idle = {};  // streamed requests, by stream_idle
};

// One connection of HTTP/1.1, with keep-alive and pipelining. It reads a
// request, has it answered, writes the answer, and goes on with the next one.
// All functions belong to the server's thread, except that an answer may come
// from any thread.
//
// A client cannot hold a connection by being slow: headers must come within 10
// s of their first byte, a body and an answer must pass within a minute, and a
// connection without a request is closed after kIdle. A streamed request
// (http_stream.h) lasts as long as its client goes on.
class HttpConnection {
 public:
  static constexpr absl::Duration kIdle = absl::Seconds(75);

  virtual ~HttpConnection() = default;

  virtual void Start() = 0;
  // Closes the connection now, also in the middle of an answer.
  virtual void Close() = 0;
  // Whether it waits for the first byte of a request, and since when (uptime).
  bool idle() const { return idle_; }
  absl::Duration idle_since() const { return idle_since_; }

 protected:
  bool idle_ = false;
  absl::Duration idle_since_;
};

// Takes over `fd`, a connected socket that does not block. `peer`: the client's
// address in gRPC's form. `tls`: null for a connection without TLS. `on_end`
// runs once, when the connection is over; the connection lives until then.
std::shared_ptr<HttpConnection> MakeHttpConnection(
    HttpShared& shared, int fd, std::string peer,
    std::shared_ptr<boost::asio::ssl::context> tls,
    std::function<void(HttpConnection*)> on_end);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_GATEWAY_HTTP_CONNECTION_H_
