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
                                    const absl::Status& status) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  reactor->Finish(ToGrpcStatus(status, context));
  return reactor;
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

std::function<void(const Indicator&)> RefresherOf(
    const LookupService::Options& options, Resolver& resolver) {
  if (!options.refresh_ahead) return {};
  return [&resolver](const Indicator& indicator) {
    resolver.RefreshAhead(indicator);
  };
}

}  // namespace

LookupService::LookupService(Options options, const Clock& clock, Loop& loop,
                             Cache& cache, const Upstream& upstream,
                             PrivacyGate& privacy, Resolver& resolver)
    : options_(options),
      clock_(clock),
      loop_(loop),
      resolver_(resolver),
      front_({.submit_missing = options.submit_missing_urls,
              .refresh_ahead = RefresherOf(options, resolver)},
             cache, upstream, privacy) {}

// Only what is not answered at once needs to know.
void LookupService::NameCaller(const grpc::CallbackServerContext& context,
                               Want* want) const {
  want->client = ClientOf(context.peer());
  want->deadline = clock_.Now() + TimeLeft(context);
}

grpc::ServerUnaryReactor* LookupService::Lookup(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  counters_.calls.Add();
  counters_.lookups.Add();
  v1::LookupRequest message;
  if (absl::Status status = ParseRequest(request, &message); !status.ok()) {
    return FinishNow(context, status);
  }
  const absl::StatusOr<Want> want =
      front_.WantOf(message.options(), Lane::kInteractive);
  if (!want.ok()) return FinishNow(context, want.status());

  LookupFront::Outcome outcome =
      front_.Try(message.indicator(), -1, *want, clock_.Now());
  if (auto* miss = std::get_if<LookupFront::Miss>(&outcome)) {
    NameCaller(*context, &miss->want);
    auto* const pending = new PendingLookup(resolver_, message.options().view(),
                                            context, response);
    pending->Start(std::move(*miss));
    return pending;
  }
  counters_.hits.Add();
  if (const auto* failure = std::get_if<absl::Status>(&outcome)) {
    return FinishNow(context, *failure);
  }
  *response = MakeReply(std::get<Answer>(outcome), message.options().view());
  return FinishNow(context, absl::OkStatus());
}

grpc::ServerUnaryReactor* LookupService::BatchLookup(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  counters_.calls.Add();
  v1::BatchLookupRequest message;
  if (absl::Status status = ParseRequest(request, &message); !status.ok()) {
    return FinishNow(context, status);
  }
  const auto size = static_cast<size_t>(message.indicators_size());
  if (size > options_.max_batch) {
    return FinishNow(
        context,
        BadField("indicators", absl::StrCat(size, " are over the ", "limit of ",
                                            options_.max_batch)));
  }
  const absl::StatusOr<Want> want =
      front_.WantOf(message.options(), Lane::kBulk);
  if (!want.ok()) return FinishNow(context, want.status());

  const absl::Time now = clock_.Now();
  PendingBatch::Outcomes outcomes;
  outcomes.reserve(size);
  size_t misses = 0;
  for (const v1::Indicator& indicator : message.indicators()) {
    outcomes.push_back(
        front_.Try(indicator, static_cast<int>(outcomes.size()), *want, now));
    misses += std::holds_alternative<LookupFront::Miss>(outcomes.back());
  }
  counters_.lookups.Add(size);
  counters_.hits.Add(size - misses);
  const v1::View view = message.options().view();
  if (misses == 0) {
    *response = MakeBatchReply(outcomes, view);
    return FinishNow(context, absl::OkStatus());
  }
  Want caller;
  NameCaller(*context, &caller);
  for (LookupFront::Outcome& outcome : outcomes) {
    auto* const miss = std::get_if<LookupFront::Miss>(&outcome);
    if (miss == nullptr) continue;
    miss->want.client = caller.client;
    miss->want.deadline = caller.deadline;
  }
  auto* const pending =
      new PendingBatch(loop_, resolver_, view, std::move(outcomes), response);
  pending->Start(PatienceOf(*context));
  return pending;
}

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>*
LookupService::StreamLookup(grpc::CallbackServerContext* context) {
  counters_.calls.Add();
  return new PendingStream(options_.stream, context, clock_, front_, resolver_,
                           streams_, counters_.lookups, counters_.hits);
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* LookupService::WatchLookup(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) {
  counters_.calls.Add();
  counters_.lookups.Add();
  v1::WatchLookupRequest message;
  const absl::Status parsed = ParseRequest(request, &message);
  auto* const pending = new PendingWatch(message, context, loop_, resolver_);
  if (!parsed.ok()) {
    pending->Fail(parsed);
    return pending;
  }
  absl::StatusOr<Want> want =
      front_.WantOf(message.options(), Lane::kInteractive);
  if (!want.ok()) {
    pending->Fail(want.status());
    return pending;
  }
  // A queued verdict is told at once here, and the final one when it comes.
  want->wait_for_final = absl::ZeroDuration();
  LookupFront::Outcome outcome =
      front_.Try(message.indicator(), -1, *want, clock_.Now());
  if (auto* miss = std::get_if<LookupFront::Miss>(&outcome)) {
    NameCaller(*context, &miss->want);
    pending->Start(std::move(*miss));
  } else if (const auto* failure = std::get_if<absl::Status>(&outcome)) {
    pending->Fail(*failure);
  } else {
    pending->Start(std::move(std::get<Answer>(outcome)));
  }
  return pending;
}

grpc::ServerUnaryReactor* LookupService::SubmitUrl(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  counters_.calls.Add();
  v1::SubmitUrlRequest message;
  if (absl::Status status = ParseRequest(request, &message); !status.ok()) {
    return FinishNow(context, status);
  }
  if (message.url().empty()) {
    return FinishNow(context, BadField("url", "is not set"));
  }
  v1::Indicator asked;
  asked.set_url(message.url());
  auto parsed = front_.Parse(asked);
  if (const auto* mistake = std::get_if<LookupFront::Mistake>(&parsed)) {
    return FinishNow(context, BadField("url", mistake->what));
  }
  if (const auto* unusable = std::get_if<Answer>(&parsed)) {
    *response = MakeSubmitReply(*unusable);
    return FinishNow(context, absl::OkStatus());
  }
  Want want;
  NameCaller(*context, &want);
  auto* const pending = new PendingSubmit(resolver_, context, response);
  pending->Start(std::move(std::get<Indicator>(parsed)), std::move(want));
  return pending;
}

}  // namespace vtlookup
