#include "server/lookup/traffic.h"

#include <algorithm>

#include "core/failure.h"

namespace vtlookup {

std::string_view RpcMethodName(RpcMethod method) {
  switch (method) {
    case RpcMethod::kLookup:
      return "Lookup";
    case RpcMethod::kBatchLookup:
      return "BatchLookup";
    case RpcMethod::kStreamLookup:
      return "StreamLookup";
    case RpcMethod::kWatchLookup:
      return "WatchLookup";
    case RpcMethod::kSubmitUrl:
      return "SubmitUrl";
  }
  return "";
}

void Traffic::Answered(const AnswerView& answer, absl::Duration elapsed) {
  answered_[static_cast<size_t>(answer.kind)][CodeIndex(
      answer.head.response_code)][static_cast<size_t>(answer.source)]
      .Add();
  if (answer.stale) stale_.Add();
  Took(elapsed, 1);
}

void Traffic::Answered(const Tally& tally, absl::Duration elapsed) {
  if (tally.count_ == 0) return;
  for (size_t kind = 0; kind < kKinds; ++kind) {
    for (size_t code = 0; code < kCodes; ++code) {
      for (size_t source = 0; source < kSources; ++source) {
        const uint32_t count = tally.answered_[kind][code][source];
        if (count != 0) answered_[kind][code][source].Add(count);
      }
    }
  }
  if (tally.stale_ != 0) stale_.Add(tally.stale_);
  Took(elapsed, tally.count_);
}

void Traffic::Took(absl::Duration elapsed, uint64_t count) {
  const double seconds = absl::ToDoubleSeconds(elapsed);
  const auto* const bound =
      std::lower_bound(kBounds.begin(), kBounds.end(), seconds);
  buckets_[static_cast<size_t>(bound - kBounds.begin())].Add(count);
  nanos_.Add(count * static_cast<uint64_t>(std::max<int64_t>(
                         absl::ToInt64Nanoseconds(elapsed), 0)));
}

void Traffic::Failed(const absl::Status& failure) {
  std::string reason = FailureOf(failure).reason;
  if (reason.empty()) reason = absl::StatusCodeToString(failure.code());
  MutexLock lock(mu_);
  ++failures_[std::move(reason)];
}

void Traffic::Ended(RpcMethod method, absl::StatusCode code) {
  ended_[static_cast<size_t>(method)]
        [std::min(static_cast<size_t>(code), kStatusCodes - 1)]
            .Add();
}

std::map<std::string, uint64_t> Traffic::failures() const {
  MutexLock lock(mu_);
  return failures_;
}

uint64_t Traffic::from(v1::Source source) const {
  uint64_t sum = 0;
  for (const auto& kind : answered_) {
    for (const auto& code : kind) {
      sum += code[static_cast<size_t>(source)].value();
    }
  }
  return sum;
}

uint64_t Traffic::hits() const {
  uint64_t sum = 0;
  for (const v1::Source source : {v1::SOURCE_MEMORY, v1::SOURCE_DISK,
                                  v1::SOURCE_SHARED, v1::SOURCE_LOCAL}) {
    sum += from(source);
  }
  return sum;
}

uint64_t Traffic::failed() const {
  uint64_t sum = 0;
  for (const auto& [reason, count] : failures()) sum += count;
  return sum;
}

uint64_t Traffic::lookups() const {
  uint64_t sum = failed();
  for (const Counter& bucket : buckets_) sum += bucket.value();
  return sum;
}

uint64_t Traffic::calls() const {
  uint64_t sum = 0;
  for (const auto& method : ended_) {
    for (const Counter& code : method) sum += code.value();
  }
  return sum;
}

}  // namespace vtlookup
