#ifndef VTLOOKUP_SERVER_TRANSPORT_GRPC_STATUS_H_
#define VTLOOKUP_SERVER_TRANSPORT_GRPC_STATUS_H_

#include <string_view>

#include "absl/status/status.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/status.h"

namespace vtlookup {

// Converts a failure into the status that clients see. Only this file does so.
// The details always have ErrorInfo, and have RetryInfo, QuotaFailure and
// BadRequest where these apply. REQUIRES: `status` is not OK. The functions in
// this file are thread-safe.
google::rpc::Status ToRpcStatus(const absl::Status& status);

// Converts `status` into the status of the whole call of `context`; OK becomes
// OK. With UNAVAILABLE it also sets the trailer grpc-retry-pushback-ms, which
// tells clients that retry by themselves when to do so, or not to (gRFC A6).
grpc::Status ToGrpcStatus(const absl::Status& status,
                          grpc::ServerContextBase* context);

// Returns InvalidArgument for one field of the request.
absl::Status BadField(std::string_view field, std::string_view description);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_TRANSPORT_GRPC_STATUS_H_
