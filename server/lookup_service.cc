#include "server/lookup_service.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "grpcpp/support/byte_buffer.h"
#include "server/caller.h"
#include "server/errors.h"
#include "server/parse_request.h"
#include "server/pending_batch.h"
#include "server/pending_lookup.h"
#include "server/pending_submit.h"
#include "server/pending_watch.h"
#include "server/reply.h"

namespace vtlookup {
namespace {

grpc::ServerUnaryReactor* FinishNow(grpc::CallbackServerContext* context,
                                    const Call& call,
                                    const absl::Status& status) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  reactor->Finish(call.End(status));
  return reactor;
}

// The same, for a call that fails before it has looked anything up.
grpc::ServerUnaryReactor* FailNow(grpc::CallbackServerContext* context,
                                  const Call& call,
                                  const absl::Status& failure) {
  call.Failed(failure);
  return FinishNow(context, call, failure);
}

// How long items of a batch may wait, so that the answer is on its way before
// the client gives up.
absl::Duration PatienceOf(const grpc::CallbackServerContext& context) {
  const absl::Duration left = TimeLeft(context);
  if (left == absl::InfiniteDuration()) return left;
  const absl::Duration margin =
      std::clamp(left / 10, absl::Milliseconds(10), absl::Milliseconds(500));
  return std::max(left - margin, absl::ZeroDuration());
}

// Says in each miss who asks.
void NameAll(const Call& call, PendingBatch::Outcomes* outcomes) {
  Want caller;
  call.Name(&caller);
  for (LookupFront::Outcome& outcome : *outcomes) {
    auto* const miss = std::get_if<LookupFront::Miss>(&outcome);
    if (miss == nullptr) continue;
    miss->want.client = caller.client;
    miss->want.requests_per_day = caller.requests_per_day;
    miss->want.deadline = caller.deadline;
    miss->want.trace = caller.trace;
  }
}

std::function<void(const Indicator&)> RefresherOf(
    const LookupService::Options& options, Resolver& resolver) {
  if (!options.refresh_ahead) return {};
  return [&resolver](const Indicator& indicator) {
    resolver.RefreshAhead(indicator);
  };
}

}  // namespace

LookupService::LookupService(Options options, Call::Shared calls,
                             const Clock& clock, Loop& loop, Cache& cache,
                             const Upstream& upstream, PrivacyGate& privacy,
                             Resolver& resolver)
    : options_(options),
      calls_(calls),
      clock_(clock),
      loop_(loop),
      resolver_(resolver),
      front_({.submit_missing = options.submit_missing_urls,
              .refresh_ahead = RefresherOf(options, resolver)},
             cache, upstream, privacy) {}

template <typename Request>
absl::Status LookupService::Begin(Call& call, v1::Role role,
                                  const grpc::ByteBuffer* bytes,
                                  Request* request) const {
  if (absl::Status status = call.Admit(role); !status.ok()) return status;
  return ParseRequest(bytes, request);
}

absl::StatusOr<Want> LookupService::WantOf(const Call& call,
                                           const v1::LookupOptions& options,
                                           Lane usual) const {
  absl::StatusOr<Want> want = front_.WantOf(options, usual);
  if (!want.ok()) return want;
  if (absl::Status status = call.Permit(options, &*want); !status.ok()) {
    return status;
  }
  return want;
}

grpc::ServerUnaryReactor* LookupService::Lookup(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  Call call(calls_, Method::kLookup, context);
  v1::LookupRequest message;
  absl::Status begun = Begin(call, v1::ROLE_LOOKUP, request, &message);
  if (begun.ok()) begun = call.Spend(1);
  if (!begun.ok()) return FailNow(context, call, begun);
  const absl::StatusOr<Want> want =
      WantOf(call, message.options(), Lane::kInteractive);
  if (!want.ok()) return FailNow(context, call, want.status());

  LookupFront::Outcome outcome =
      front_.Try(message.indicator(), -1, *want, clock_.Now());
  if (auto* miss = std::get_if<LookupFront::Miss>(&outcome)) {
    call.Name(&miss->want);
    auto* const pending =
        new PendingLookup(resolver_, message.options().view(), call, response);
    pending->Start(std::move(*miss));
    return pending;
  }
  hits_.Add();
  if (const auto* failure = std::get_if<absl::Status>(&outcome)) {
    return FailNow(context, call, *failure);
  }
  const Answer& answer = std::get<Answer>(outcome);
  *response = MakeReply(answer, message.options().view());
  call.Answered(answer);
  return FinishNow(context, call, absl::OkStatus());
}

grpc::ServerUnaryReactor* LookupService::BatchLookup(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  Call call(calls_, Method::kBatchLookup, context);
  v1::BatchLookupRequest message;
  if (absl::Status status = Begin(call, v1::ROLE_LOOKUP, request, &message);
      !status.ok()) {
    return FailNow(context, call, status);
  }
  const auto size = static_cast<size_t>(message.indicators_size());
  if (size > options_.max_batch) {
    return FailNow(
        context, call,
        BadField("indicators", absl::StrCat(size, " are over the limit of ",
                                            options_.max_batch)));
  }
  const absl::StatusOr<Want> want =
      WantOf(call, message.options(), Lane::kBulk);
  absl::Status admitted = want.status();
  if (admitted.ok()) admitted = call.Spend(size);
  if (!admitted.ok()) return FailNow(context, call, admitted);

  const absl::Time now = clock_.Now();
  PendingBatch::Outcomes outcomes;
  outcomes.reserve(size);
  size_t misses = 0;
  for (const v1::Indicator& indicator : message.indicators()) {
    outcomes.push_back(
        front_.Try(indicator, static_cast<int>(outcomes.size()), *want, now));
    misses += std::holds_alternative<LookupFront::Miss>(outcomes.back());
  }
  hits_.Add(size - misses);
  for (const LookupFront::Outcome& outcome : outcomes) {
    if (const auto* answer = std::get_if<Answer>(&outcome)) {
      call.Answered(*answer);
    } else if (const auto* failure = std::get_if<absl::Status>(&outcome)) {
      call.Failed(*failure);
    }
  }
  const v1::View view = message.options().view();
  if (misses == 0) {
    *response = MakeBatchReply(outcomes, view);
    return FinishNow(context, call, absl::OkStatus());
  }
  NameAll(call, &outcomes);
  auto* const pending = new PendingBatch(loop_, resolver_, view, call,
                                         std::move(outcomes), response);
  pending->Start(PatienceOf(*context));
  return pending;
}

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>*
LookupService::StreamLookup(grpc::CallbackServerContext* context) {
  Call call(calls_, Method::kStreamLookup, context);
  const absl::Status admitted = call.Admit(v1::ROLE_LOOKUP);
  auto* const pending = new PendingStream(options_.stream, call, clock_, front_,
                                          resolver_, streams_);
  if (admitted.ok()) {
    pending->Start();
  } else {
    call.Failed(admitted);
    pending->Fail(admitted);
  }
  return pending;
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* LookupService::WatchLookup(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) {
  Call call(calls_, Method::kWatchLookup, context);
  v1::WatchLookupRequest message;
  absl::Status begun = Begin(call, v1::ROLE_LOOKUP, request, &message);
  if (begun.ok()) begun = call.Spend(1);
  auto* const pending = new PendingWatch(message, call, loop_, resolver_);
  if (!begun.ok()) {
    call.Failed(begun);
    pending->Fail(begun);
    return pending;
  }
  absl::StatusOr<Want> want =
      WantOf(call, message.options(), Lane::kInteractive);
  if (!want.ok()) {
    call.Failed(want.status());
    pending->Fail(want.status());
    return pending;
  }
  // A queued verdict is told at once here, and the final one when it comes.
  want->wait_for_final = absl::ZeroDuration();
  LookupFront::Outcome outcome =
      front_.Try(message.indicator(), -1, *want, clock_.Now());
  if (auto* miss = std::get_if<LookupFront::Miss>(&outcome)) {
    call.Name(&miss->want);
    pending->Start(std::move(*miss));
  } else if (const auto* failure = std::get_if<absl::Status>(&outcome)) {
    call.Failed(*failure);
    pending->Fail(*failure);
  } else {
    hits_.Add();
    pending->Start(std::move(std::get<Answer>(outcome)));
  }
  return pending;
}

grpc::ServerUnaryReactor* LookupService::SubmitUrl(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  Call call(calls_, Method::kSubmitUrl, context);
  v1::SubmitUrlRequest message;
  absl::Status begun = Begin(call, v1::ROLE_SUBMIT, request, &message);
  if (begun.ok()) begun = call.Spend(1);
  if (begun.ok() && message.url().empty()) {
    begun = BadField("url", "is not set");
  }
  if (!begun.ok()) return FailNow(context, call, begun);
  v1::Indicator asked;
  asked.set_url(message.url());
  auto parsed = front_.Parse(asked);
  if (const auto* mistake = std::get_if<LookupFront::Mistake>(&parsed)) {
    return FailNow(context, call, BadField("url", mistake->what));
  }
  if (const auto* unusable = std::get_if<Answer>(&parsed)) {
    *response = MakeSubmitReply(*unusable);
    call.Answered(*unusable);
    return FinishNow(context, call, absl::OkStatus());
  }
  Want want;
  call.Name(&want);
  auto* const pending = new PendingSubmit(resolver_, call, response);
  pending->Start(std::move(std::get<Indicator>(parsed)), std::move(want));
  return pending;
}

}  // namespace vtlookup
