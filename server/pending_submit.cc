#include "server/pending_submit.h"

#include <utility>

#include "server/errors.h"
#include "server/indicators.h"
#include "server/stored_verdict.h"

namespace vtlookup {

PendingSubmit::PendingSubmit(Resolver& resolver,
                             grpc::CallbackServerContext* context,
                             v1::SubmitUrlResponse* response)
    : resolver_(resolver),
      context_(context),
      response_(response),
      id_(resolver.ReserveIds(1)) {}

void PendingSubmit::Start(Indicator indicator, Want want) {
  resolver_.Submit(id_, std::move(indicator), std::move(want),
                   [this](absl::StatusOr<Answer> answer) {
                     if (answer.ok()) FillResponse(*answer, response_);
                     Finish(ToGrpcStatus(answer.status(), context_));
                   });
}

void FillResponse(const Answer& answer, v1::SubmitUrlResponse* response) {
  v1::Verdict* const verdict = response->mutable_verdict();
  *verdict = DecodeVerdict(*answer.entry.value);
  SetIndicator(answer.kind, answer.indicator, verdict->mutable_indicator());
}

}  // namespace vtlookup
