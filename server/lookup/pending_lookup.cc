#include "server/lookup/pending_lookup.h"

#include <utility>

#include "server/lookup/reply.h"
#include "server/lookup/send_reply.h"

namespace vtlookup {

PendingLookup::PendingLookup(Resolver& resolver, v1::View view,
                             const CallRecord& call, UnaryCall& rpc)
    : resolver_(resolver),
      view_(view),
      call_(call),
      rpc_(rpc),
      id_(resolver.ReserveIds(1)) {}

void PendingLookup::Start(Miss miss) {
  resolver_.Resolve(id_, std::move(miss),
                    [this](absl::StatusOr<Answer> answer) {
                      call_.Settled(answer);
                      if (!answer.ok()) {
                        return SendFailure(rpc_, call_, answer.status());
                      }
                      SendReply(rpc_, call_, MakeReply(ViewOf(*answer), view_));
                    });
}

}  // namespace vtlookup
