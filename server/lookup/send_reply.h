#ifndef VTLOOKUP_SERVER_LOOKUP_SEND_REPLY_H_
#define VTLOOKUP_SERVER_LOOKUP_SEND_REPLY_H_

#include "grpcpp/support/byte_buffer.h"
#include "server/lookup/call_record.h"
#include "server/transport/queued_call.h"

namespace vtlookup {

// Ends a unary call with `reply`, or with ResourceExhausted, REPLIES_NOT_READ,
// when so many replies are unread that UnsentBudget has no room for this one.
// The call may be deleted afterwards: do not touch it. Any thread.
void SendReply(UnaryCall& rpc, const CallRecord& call,
               const grpc::ByteBuffer& reply);

// Ends a unary call with a failure. Otherwise like SendReply.
void SendFailure(UnaryCall& rpc, const CallRecord& call,
                 const absl::Status& failure);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_LOOKUP_SEND_REPLY_H_
