#include "server/lookup/send_reply.h"

namespace vtlookup {

void SendReply(UnaryRpc& rpc, const Call& call, const grpc::ByteBuffer& reply) {
  const absl::Status room = call.TakeUnsent(reply.Length(), &rpc.unsent);
  if (!room.ok()) return SendFailure(rpc, call, room);
  rpc.Finish(reply, call.End(absl::OkStatus()));
}

void SendFailure(UnaryRpc& rpc, const Call& call, const absl::Status& failure) {
  rpc.Finish({}, call.End(failure));
}

}  // namespace vtlookup
