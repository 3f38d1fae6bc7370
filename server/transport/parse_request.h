#ifndef VTLOOKUP_SERVER_TRANSPORT_PARSE_REQUEST_H_
#define VTLOOKUP_SERVER_TRANSPORT_PARSE_REQUEST_H_

#include "absl/status/status.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "grpcpp/support/byte_buffer.h"
#include "server/transport/grpc_status.h"

namespace vtlookup {

// Reads the message in the bytes of a raw method. InvalidArgument when the
// bytes are not such a message. Thread-safe.
template <typename Request>
absl::Status ParseRequest(const grpc::ByteBuffer* bytes, Request* request) {
  // Deserialize empties its buffer. A copy shares the slices.
  grpc::ByteBuffer copy(*bytes);
  const grpc::Status status =
      grpc::SerializationTraits<Request>::Deserialize(&copy, request);
  if (status.ok()) return absl::OkStatus();
  return BadField("request",
                  "the bytes are not a valid message of this method");
}

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_TRANSPORT_PARSE_REQUEST_H_
