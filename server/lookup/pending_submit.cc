#include "server/lookup/pending_submit.h"

#include <utility>

#include "server/lookup/reply.h"
#include "server/lookup/send_reply.h"

namespace vtlookup {

PendingSubmit::PendingSubmit(Resolver& resolver, const CallRecord& call,
                             UnaryCall& rpc)
    : resolver_(resolver),
      call_(call),
      rpc_(rpc),
      id_(resolver.ReserveIds(1)) {}

void PendingSubmit::Start(Indicator indicator) {
  resolver_.Submit(id_, std::move(indicator), call_.requester(),
                   [this](absl::StatusOr<Answer> answer) {
                     call_.Settled(answer);
                     if (!answer.ok()) {
                       return SendFailure(rpc_, call_, answer.status());
                     }
                     SendReply(rpc_, call_, MakeSubmitReply(*answer));
                   });
}

}  // namespace vtlookup
