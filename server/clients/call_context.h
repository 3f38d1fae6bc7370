#ifndef VTLOOKUP_SERVER_CLIENTS_CALL_CONTEXT_H_
#define VTLOOKUP_SERVER_CLIENTS_CALL_CONTEXT_H_

#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "grpcpp/server_context.h"

namespace vtlookup {

// Who a call is from, for fairness: the host, of however many connections. On
// one machine each connection counts for itself, since there the host tells
// nothing. `peer` is gRPC's: "ipv4:10.1.2.3:4567".
std::string ClientOf(std::string_view peer);

// How long the caller waits; infinite when it does not say. The deadline is a
// point of real time.
absl::Duration TimeLeft(const grpc::ServerContextBase& context);

// The `traceparent` of W3C Trace Context that came with the call; empty when
// there is none, or it is not one.
std::string TraceOf(const grpc::ServerContextBase& context);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_CLIENTS_CALL_CONTEXT_H_
