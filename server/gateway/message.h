#ifndef VTLOOKUP_SERVER_GATEWAY_MESSAGE_H_
#define VTLOOKUP_SERVER_GATEWAY_MESSAGE_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "cache/entry.h"
#include "server/clients/call_origin.h"

namespace vtlookup {

// A request of HTTP/1.1 that has come whole. A plain value; one thread at a
// time.
struct GatewayRequest {
  std::string method;        // "GET", "POST"
  std::string path;          // as it came, still percent-encoded
  std::string query;         // behind the `?`, still percent-encoded
  std::string content_type;  // without parameters, lower case; empty: none
  std::string api_key;       // the header `x-apikey`
  std::string body;
  HttpOrigin origin;
};

// An answer. The server adds the headers that every answer has.
struct GatewayReply {
  int status = 200;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  // Bytes to send behind `body` without copying them: a part of `shared`.
  Bytes shared = nullptr;
  std::string_view shared_body = {};

  size_t size() const { return body.size() + shared_body.size(); }
};

// Sends the answer to one request. Call it once, on any thread. If it is
// destroyed without a call, the connection is closed.
using SendGatewayReply = absl::AnyInvocable<void(GatewayReply) &&>;

// Answers a request. Runs on the server's thread, and must not block.
using GatewayHandler = absl::AnyInvocable<void(
    std::shared_ptr<GatewayRequest> request, SendGatewayReply reply)>;

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_GATEWAY_MESSAGE_H_
