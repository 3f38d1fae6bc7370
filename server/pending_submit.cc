#include "server/pending_submit.h"

#include <utility>

#include "server/errors.h"
#include "server/reply.h"

namespace vtlookup {

PendingSubmit::PendingSubmit(Resolver& resolver,
                             grpc::CallbackServerContext* context,
                             grpc::ByteBuffer* response)
    : resolver_(resolver),
      context_(context),
      response_(response),
      id_(resolver.ReserveIds(1)) {}

void PendingSubmit::Start(Indicator indicator, Want want) {
  resolver_.Submit(id_, std::move(indicator), std::move(want),
                   [this](absl::StatusOr<Answer> answer) {
                     if (answer.ok()) *response_ = MakeSubmitReply(*answer);
                     Finish(ToGrpcStatus(answer.status(), context_));
                   });
}

}  // namespace vtlookup
