#ifndef VTLOOKUP_SERVER_TRANSPORT_GRPC_LOG_H_
#define VTLOOKUP_SERVER_TRANSPORT_GRPC_LOG_H_

namespace vtlookup {

// Has gRPC log through the daemon's log instead of standard error. Each place
// in gRPC's code may log three lines a minute, since some lines are written for
// each connection that a stranger makes; the next line says how many were left
// out. Applies to the whole process; call once, at the start.
void TakeGrpcsLog();

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_TRANSPORT_GRPC_LOG_H_
