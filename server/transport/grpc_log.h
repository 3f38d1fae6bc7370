#ifndef VTLOOKUP_SERVER_TRANSPORT_GRPC_LOG_H_
#define VTLOOKUP_SERVER_TRANSPORT_GRPC_LOG_H_

namespace vtlookup {

// Makes gRPC log through the daemon's log instead of standard error. Each place
// in gRPC's code may log three lines a minute, because strangers can cause some
// of the lines with each connection; the next line says how many were dropped.
// Applies to the whole process; call it once, at the start.
void TakeGrpcsLog();

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_TRANSPORT_GRPC_LOG_H_
