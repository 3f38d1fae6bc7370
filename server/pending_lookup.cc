#include "server/pending_lookup.h"

#include <utility>

#include "server/reply.h"

namespace vtlookup {

PendingLookup::PendingLookup(Resolver& resolver, v1::View view,
                             const Call& call, grpc::ByteBuffer* response)
    : resolver_(resolver),
      view_(view),
      call_(call),
      response_(response),
      id_(resolver.ReserveIds(1)) {}

void PendingLookup::Start(LookupFront::Miss miss) {
  resolver_.Resolve(id_, std::move(miss.indicator), miss.want,
                    [this](absl::StatusOr<Answer> answer) {
                      if (answer.ok()) *response_ = MakeReply(*answer, view_);
                      call_.Settled(answer);
                      Finish(call_.End(answer.status()));
                    });
}

}  // namespace vtlookup
