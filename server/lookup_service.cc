#include "server/lookup_service.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "grpcpp/support/byte_buffer.h"
#include "server/errors.h"
#include "server/pending_batch.h"
#include "server/pending_lookup.h"
#include "server/pending_submit.h"
#include "server/reply.h"

namespace vtlookup {
namespace {

grpc::ServerUnaryReactor* FinishNow(grpc::CallbackServerContext* context,
                                    const absl::Status& status) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  reactor->Finish(ToGrpcStatus(status, context));
  return reactor;
}

template <typename Request>
absl::Status ParseRequest(const grpc::ByteBuffer* bytes, Request* request) {
  // Deserialize empties the buffer it is given; a copy shares the slices.
  grpc::ByteBuffer copy(*bytes);
  const grpc::Status status =
      grpc::SerializationTraits<Request>::Deserialize(&copy, request);
  if (status.ok()) return absl::OkStatus();
  return BadField("request", "not a serialised message of this method");
}

// How long items of a batch may wait, so that the answer is on its way before
// the client gives up. The deadline is a point of real time.
absl::Duration PatienceOf(const grpc::CallbackServerContext& context) {
  const absl::Time deadline = absl::FromChrono(context.deadline());
  // "None" is as far away as the type of the deadline reaches.
  const absl::Duration left = deadline - RealClock().Now();
  if (left > absl::Hours(24 * 365)) return absl::InfiniteDuration();
  const absl::Duration margin =
      std::clamp(left / 10, absl::Milliseconds(10), absl::Milliseconds(500));
  return std::max(left - margin, absl::ZeroDuration());
}

}  // namespace

LookupService::LookupService(Options options, const Clock& clock, Loop& loop,
                             Cache& cache, const Upstream& upstream,
                             Resolver& resolver)
    : options_(options),
      clock_(clock),
      loop_(loop),
      resolver_(resolver),
      front_(cache, upstream, options.submit_missing_urls) {}

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
      front_.WantOf(message.options(), /*batch=*/false);
  if (!want.ok()) return FinishNow(context, want.status());

  LookupFront::Outcome outcome =
      front_.Try(message.indicator(), -1, *want, clock_.Now());
  if (auto* miss = std::get_if<LookupFront::Miss>(&outcome)) {
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
      front_.WantOf(message.options(), /*batch=*/true);
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
  auto* const pending =
      new PendingBatch(loop_, resolver_, view, std::move(outcomes), response);
  pending->Start(PatienceOf(*context));
  return pending;
}

grpc::ServerUnaryReactor* LookupService::SubmitUrl(
    grpc::CallbackServerContext* context, const v1::SubmitUrlRequest* request,
    v1::SubmitUrlResponse* response) {
  counters_.calls.Add();
  v1::Indicator asked;
  asked.set_url(request->url());
  auto parsed = front_.Parse(asked);
  if (const auto* mistake = std::get_if<LookupFront::Mistake>(&parsed)) {
    return FinishNow(context, BadField("url", mistake->what));
  }
  if (const auto* unusable = std::get_if<Answer>(&parsed)) {
    FillResponse(*unusable, response);
    return FinishNow(context, absl::OkStatus());
  }
  auto* const pending = new PendingSubmit(resolver_, context, response);
  pending->Start(std::move(std::get<Indicator>(parsed)));
  return pending;
}

}  // namespace vtlookup
