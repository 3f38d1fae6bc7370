#ifndef VTLOOKUP_SERVER_LOOKUP_SEND_REPLY_H_
#define VTLOOKUP_SERVER_LOOKUP_SEND_REPLY_H_

#include "grpcpp/support/byte_buffer.h"
#include "server/lookup/call.h"
#include "server/transport/rpc.h"

namespace vtlookup {

// Ends a unary call with `reply`, or with ResourceExhausted, REPLIES_NOT_READ,
// when so many replies are unread that UnsentBudget has no room for this one.
// The call may be deleted afterwards: do not touch it. Any thread.
void SendReply(UnaryRpc& rpc, const Call& call, const grpc::ByteBuffer& reply);

// Ends a unary call with a failure. Otherwise like SendReply.
void SendFailure(UnaryRpc& rpc, const Call& call, const absl::Status& failure);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_LOOKUP_SEND_REPLY_H_
