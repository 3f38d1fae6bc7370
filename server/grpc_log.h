#ifndef VTLOOKUP_SERVER_GRPC_LOG_H_
#define VTLOOKUP_SERVER_GRPC_LOG_H_

namespace vtlookup {

// Has gRPC log through the daemon's log instead of writing to standard error.
// From each place in its code at most a few lines a minute are logged, with the
// number of those that were left out: some of them are written for each
// connection that a stranger makes. For the whole process; once, at the start.
void TakeGrpcsLog();

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_GRPC_LOG_H_
