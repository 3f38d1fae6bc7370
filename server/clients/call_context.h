#ifndef VTLOOKUP_SERVER_CLIENTS_CALL_CONTEXT_H_
#define VTLOOKUP_SERVER_CLIENTS_CALL_CONTEXT_H_

#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "grpcpp/server_context.h"

namespace vtlookup {

// Returns a key for the client of a call, by which clients take turns. All
// connections from one remote host have the same key. Each connection from this
// machine has a key of its own, because there the host is the same for all.
// `peer` is gRPC's, for example "ipv4:10.1.2.3:4567". The functions in this
// file are thread-safe.
std::string ClientOf(std::string_view peer);

// Returns the time until the deadline of the call, or an infinite duration when
// the call has no deadline. Negative when the deadline has passed. gRPC gives
// the deadline as a time of day.
absl::Duration TimeLeft(const grpc::ServerContextBase& context);

// Returns the `traceparent` header (W3C Trace Context) of the call. Empty when
// the call has no such header, or when the header is malformed.
std::string TraceOf(const grpc::ServerContextBase& context);

// Returns a `traceparent` header; empty when it is malformed.
std::string TraceIn(const std::string& header);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_CLIENTS_CALL_CONTEXT_H_
