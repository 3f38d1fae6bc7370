#include "server/pending_submit.h"

#include <utility>

#include "server/reply.h"

namespace vtlookup {

PendingSubmit::PendingSubmit(Resolver& resolver, const Call& call,
                             UnaryRpc& rpc)
    : resolver_(resolver),
      call_(call),
      rpc_(rpc),
      id_(resolver.ReserveIds(1)) {}

void PendingSubmit::Start(Indicator indicator, Want want) {
  resolver_.Submit(id_, std::move(indicator), std::move(want),
                   [this](absl::StatusOr<Answer> answer) {
                     grpc::ByteBuffer reply;
                     if (answer.ok()) reply = MakeSubmitReply(*answer);
                     call_.Settled(answer);
                     rpc_.Finish(reply, call_.End(answer.status()));
                   });
}

}  // namespace vtlookup
