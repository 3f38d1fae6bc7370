#include "server/pending_submit.h"

#include <utility>

#include "server/reply.h"

namespace vtlookup {

PendingSubmit::PendingSubmit(Resolver& resolver, const Call& call,
                             grpc::ByteBuffer* response)
    : resolver_(resolver),
      call_(call),
      response_(response),
      id_(resolver.ReserveIds(1)) {}

void PendingSubmit::Start(Indicator indicator, Want want) {
  resolver_.Submit(id_, std::move(indicator), std::move(want),
                   [this](absl::StatusOr<Answer> answer) {
                     if (answer.ok()) *response_ = MakeSubmitReply(*answer);
                     call_.Settled(answer);
                     Finish(call_.End(answer.status()));
                   });
}

}  // namespace vtlookup
