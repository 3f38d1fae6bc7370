#include "server/gateway/replies.h"

#include <google/protobuf/util/json_util.h>

#include <boost/beast/http/status.hpp>
#include <optional>

#include "absl/strings/str_cat.h"
#include "core/failure.h"
#include "core/text.h"
#include "server/transport/grpc_status.h"

namespace vtlookup {

int HttpStatusOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
      return 200;
    case absl::StatusCode::kCancelled:
      return 499;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange:
      return 400;
    case absl::StatusCode::kDeadlineExceeded:
      return 504;
    case absl::StatusCode::kNotFound:
      return 404;
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kAborted:
      return 409;
    case absl::StatusCode::kPermissionDenied:
      return 403;
    case absl::StatusCode::kUnauthenticated:
      return 401;
    case absl::StatusCode::kResourceExhausted:
      return 429;
    case absl::StatusCode::kUnimplemented:
      return 501;
    case absl::StatusCode::kUnavailable:
      return 503;
    default:
      return 500;
  }
}

GatewayReply ErrorReply(const absl::Status& failure) {
  return ErrorReply(HttpStatusOf(failure.code()), failure);
}

GatewayReply ErrorReply(int status, const absl::Status& failure) {
  GatewayReply reply;
  reply.status = status;
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  // Cannot fail: the details are of types that are linked in.
  static_cast<void>(google::protobuf::util::MessageToJsonString(
      ToRpcStatus(failure), &reply.body, options));
  reply.body.push_back('\n');
  const std::optional<absl::Duration> after = FailureOf(failure).retry_after;
  if (after.has_value() && *after < absl::Hours(24 * 365)) {
    reply.headers.emplace_back("Retry-After",
                               absl::StrCat(absl::ToInt64Seconds(
                                   absl::Ceil(*after, absl::Seconds(1)))));
  }
  if (status == 401) reply.headers.emplace_back("WWW-Authenticate", "Bearer");
  return reply;
}

GatewayReply WrongMethod(std::string_view allowed) {
  GatewayReply reply =
      ErrorReply(405, absl::InvalidArgumentError(absl::StrCat(
                          "this path takes ", ToAbsl(allowed), " only")));
  reply.headers.emplace_back("Allow", std::string(allowed));
  return reply;
}

namespace {

// `framing`: the header that says where the body ends.
std::string HeadWith(const GatewayReply& reply, std::string_view framing,
                     bool keep_alive) {
  const auto reason = boost::beast::http::obsolete_reason(
      boost::beast::http::int_to_status(static_cast<unsigned>(reply.status)));
  std::string head = absl::StrCat("HTTP/1.1 ", reply.status, " ",
                                  std::string(reason.data(), reason.size()),
                                  "\r\nServer: vtlookupd\r\n");
  if (reply.status != 204) {
    absl::StrAppend(&head, "Content-Type: ", reply.content_type, "\r\n",
                    ToAbsl(framing), "\r\n");
  }
  for (const auto& [name, value] : reply.headers) {
    absl::StrAppend(&head, name, ": ", value, "\r\n");
  }
  absl::StrAppend(&head, "X-Content-Type-Options: nosniff\r\n",
                  "Cache-Control: no-store\r\n",
                  keep_alive ? "\r\n" : "Connection: close\r\n\r\n");
  return head;
}

}  // namespace

std::string HeadOf(const GatewayReply& reply, bool keep_alive) {
  return HeadWith(reply, absl::StrCat("Content-Length: ", reply.size()),
                  keep_alive);
}

std::string StreamHeadOf(const GatewayReply& reply, bool keep_alive) {
  return HeadWith(reply, "Transfer-Encoding: chunked", keep_alive);
}

}  // namespace vtlookup
