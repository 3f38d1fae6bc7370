#include "server/pending_lookup.h"

#include <utility>

#include "server/reply.h"

namespace vtlookup {

PendingLookup::PendingLookup(Resolver& resolver, v1::View view,
                             const Call& call, UnaryRpc& rpc)
    : resolver_(resolver),
      view_(view),
      call_(call),
      rpc_(rpc),
      id_(resolver.ReserveIds(1)) {}

void PendingLookup::Start(Miss miss) {
  resolver_.Resolve(id_, std::move(miss),
                    [this](absl::StatusOr<Answer> answer) {
                      grpc::ByteBuffer reply;
                      if (answer.ok())
                        reply = MakeReply(ViewOf(*answer), view_);
                      call_.Settled(answer);
                      rpc_.Finish(reply, call_.End(answer.status()));
                    });
}

}  // namespace vtlookup
