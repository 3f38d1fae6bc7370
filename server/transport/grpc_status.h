#ifndef VTLOOKUP_SERVER_TRANSPORT_GRPC_STATUS_H_
#define VTLOOKUP_SERVER_TRANSPORT_GRPC_STATUS_H_

#include <string_view>

#include "absl/status/status.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/status.h"

namespace vtlookup {

// The one place where a failure becomes what a client sees. ErrorInfo is
// always among the details; RetryInfo, QuotaFailure and BadRequest where they
// say something. `status` must not be OK.
google::rpc::Status ToRpcStatus(const absl::Status& status);

// The same as the status of the whole call that `context` belongs to; OK
// becomes OK. Clients that retry UNAVAILABLE on their own are told when, or not
// to, in the trailer that they heed (gRFC A6).
grpc::Status ToGrpcStatus(const absl::Status& status,
                          grpc::ServerContextBase* context);

// InvalidArgument about one field of the request.
absl::Status BadField(std::string_view field, std::string_view description);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_TRANSPORT_GRPC_STATUS_H_
