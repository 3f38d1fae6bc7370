#include "server/pending_lookup.h"

#include <utility>

#include "server/errors.h"
#include "server/reply.h"

namespace vtlookup {

PendingLookup::PendingLookup(Resolver& resolver, v1::View view,
                             grpc::CallbackServerContext* context,
                             grpc::ByteBuffer* response)
    : resolver_(resolver),
      view_(view),
      context_(context),
      response_(response),
      id_(resolver.ReserveIds(1)) {}

void PendingLookup::Start(LookupFront::Miss miss) {
  resolver_.Resolve(id_, std::move(miss.indicator), miss.want,
                    [this](absl::StatusOr<Answer> answer) {
                      if (answer.ok()) *response_ = MakeReply(*answer, view_);
                      Finish(ToGrpcStatus(answer.status(), context_));
                    });
}

}  // namespace vtlookup
