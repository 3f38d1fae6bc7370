#include "server/lookup/send_reply.h"

namespace vtlookup {

void SendReply(UnaryCall& rpc, const CallRecord& call,
               const grpc::ByteBuffer& reply) {
  const absl::Status room = call.TakeUnsent(reply.Length(), &rpc.unsent);
  if (!room.ok()) return SendFailure(rpc, call, room);
  rpc.Finish(reply, call.End(absl::OkStatus()));
}

void SendFailure(UnaryCall& rpc, const CallRecord& call,
                 const absl::Status& failure) {
  rpc.Finish({}, call.End(failure));
}

}  // namespace vtlookup
