#ifndef VTLOOKUP_SERVER_GATEWAY_HTTP_STREAM_H_
#define VTLOOKUP_SERVER_GATEWAY_HTTP_STREAM_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "server/gateway/message.h"

namespace vtlookup {

// A request whose body comes piece by piece, of any length, and whose answer
// may begin before the body has ended. HttpStream is the side of the
// connection, HttpStreamUser the side that makes the answer.

// The side of the connection. Thread-safe; calls of one thread take effect in
// their order. They return at once; after the end of the stream they do
// nothing. May outlive the connection; must not be called when the server has
// been destroyed.
class HttpStream {
 public:
  virtual ~HttpStream() = default;

  // Asks for the next piece of the body. One OnPiece follows, unless the stream
  // ends before. Call it again only after that, and not after the last piece.
  virtual void Read() = 0;

  // Answers with `reply` instead of a stream: an error. Ends the stream.
  virtual void Reply(GatewayReply reply) = 0;

  // Begins the answer. `head` has no body.
  virtual void Begin(GatewayReply head) = 0;

  // Sends a piece of the answer, which has begun. OnSent says when the bytes
  // have gone; whoever calls this bounds those that have not.
  virtual void Write(std::string piece) = 0;

  // Ends the answer, with trailers if the client can take them. Ends the
  // stream.
  using Trailers = std::vector<std::pair<std::string, std::string>>;
  virtual void End(Trailers trailers) = 0;

  // Ends the answer behind the pieces that were written, in such a way that the
  // client notices that it is not whole. Ends the stream.
  virtual void Cut() = 0;
};

// The side that makes the answer. All functions but Working run on the server's
// thread, and must not block.
class HttpStreamUser {
 public:
  virtual ~HttpStreamUser() = default;

  // The next piece of the body; it may be empty. `last`: the body ends with it.
  virtual void OnPiece(std::string piece, bool last) = 0;

  // So many bytes of the answer have gone to the client.
  virtual void OnSent(size_t bytes) = 0;

  // The stream is over. `whole`: the answer was sent to its end; otherwise the
  // client has left, was too slow, or was cut. The last call, made once.
  virtual void OnOver(bool whole) = 0;

  // Whether the client has a reason to wait: parts of the answer are being
  // made. Meanwhile it need not send anything. Thread-safe.
  virtual bool Working() const = 0;
};

// Takes a request whose headers have come; its body is empty. Returns the side
// that makes the answer; null when it has called `stream->Reply`. Runs on the
// server's thread, and must not block.
using HttpStreamHandler = std::function<std::shared_ptr<HttpStreamUser>(
    std::shared_ptr<GatewayRequest> request,
    std::shared_ptr<HttpStream> stream)>;

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_GATEWAY_HTTP_STREAM_H_
