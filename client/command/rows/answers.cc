#include "client/command/rows/answers.h"

#include <utility>

#include "absl/status/status.h"
#include "core/defanged.h"
#include "core/response_code.h"

namespace vtlookup {
namespace {

using Clock = std::chrono::steady_clock;

// How long an answer is used for the rows that follow before the daemon, which
// knows when it expires, is asked again. A queued verdict may be final any
// moment, and a failure over.
constexpr std::chrono::seconds kUsable(60);
constexpr std::chrono::seconds kQueuedUsable(5);
constexpr std::chrono::seconds kFailureUsable(1);
// How often a thread that waits for an answer looks after other things.
constexpr std::chrono::milliseconds kTick(200);
constexpr size_t kMaxSubmissions = 32;  // at once
// Few enough that with a free key's four requests a minute each gets its turn
// within an hour, which is the daemon's usual limits.max_wait; many enough to
// hide the way to the daemon.
constexpr size_t kMaxWaiting = 200;
constexpr size_t kBookkeeping = 200;  // bytes for each value, about

v1::LookupResult ResultOf(absl::StatusOr<v1::Verdict> verdict) {
  v1::LookupResult result;
  if (verdict.ok()) {
    *result.mutable_response()->mutable_verdict() = *std::move(verdict);
  } else {
    result.mutable_error()->set_code(static_cast<int>(verdict.status().code()));
    result.mutable_error()->set_message(
        std::string(verdict.status().message()));
  }
  return result;
}

}  // namespace

RowAnswers::RowAnswers(const Client& client, v1::DnifLookup lookup,
                       const v1::LookupOptions& options,
                       const RowFormat& format, bool refang, size_t place,
                       absl::Duration timeout)
    : client_(client),
      lookup_(lookup),
      format_(format),
      refang_(refang),
      place_(place) {
  if (lookup == v1::DNIF_LOOKUP_POST_SCAN_URL) return;
  stream_ = std::make_unique<LookupStream>(
      client,
      LookupStream::Options{
          .lookup = options, .timeout = timeout, .max_waiting = kMaxWaiting},
      [this](uint64_t id, const v1::LookupResult& result) {
        OnResult(id, result);
      });
}

RowAnswers::~RowAnswers() { Finish(); }

std::shared_ptr<RowAnswer> RowAnswers::Find(const std::string& value) {
  found_ = true;
  const auto usable = [](const RowAnswer& answer) {
    return !answer.done.load(std::memory_order_acquire) ||
           answer.good_until > Clock::now();
  };
  if (const auto found = recent_.find(value); found != recent_.end()) {
    if (usable(*found->second)) return found->second;
  } else if (const auto old = older_.find(value);
             old != older_.end() && usable(*old->second)) {
    std::shared_ptr<RowAnswer> answer = old->second;
    Remember(value, answer);
    return answer;
  }
  auto answer = std::make_shared<RowAnswer>();
  Remember(value, answer);
  Ask(value, answer);
  return answer;
}

void RowAnswers::Remember(const std::string& value,
                          const std::shared_ptr<RowAnswer>& answer) {
  const bool done = answer->done.load(std::memory_order_acquire);
  // Of one that is still asked, the size is not known: a usual one is taken.
  recent_bytes_ +=
      value.size() + kBookkeeping + (done ? answer->added.size() : 2048);
  recent_[value] = answer;
  if (recent_bytes_ < kMaxRemembered / 2) return;
  older_ = std::exchange(recent_, {});
  recent_bytes_ = 0;
}

void RowAnswers::Ask(const std::string& value,
                     const std::shared_ptr<RowAnswer>& answer) {
  const absl::StatusOr<v1::Indicator> asked =
      IndicatorFor(lookup_, refang_ ? Refang(value) : value);
  if (!asked.ok()) {
    const RowField error = RowErrorOf(asked.status());
    answer->added = format_.Render({error}, place_);
    answer->failure = error.json;
    answer->done.store(true, std::memory_order_release);
    return;
  }
  const v1::Indicator& indicator = *asked;
  const uint64_t id = next_id_++;
  {
    std::unique_lock<std::mutex> lock(mu_);
    if (stream_ == nullptr) {
      changed_.wait(lock, [this] { return pending_.size() < kMaxSubmissions; });
    }
    pending_.emplace(id, Pending{answer, indicator});
  }
  if (stream_ == nullptr) {
    Submit(id, indicator);
  } else {
    stream_->Send(id, indicator);
  }
}

void RowAnswers::Submit(uint64_t id, const v1::Indicator& indicator) {
  client_.SubmitUrlAsync(indicator.url(),
                         [this, id](absl::StatusOr<v1::Verdict> verdict) {
                           OnResult(id, ResultOf(std::move(verdict)));
                         });
}

void RowAnswers::OnResult(uint64_t id, const v1::LookupResult& result) {
  Pending pending;
  {
    const std::lock_guard<std::mutex> lock(mu_);
    pending = std::move(pending_.at(id));
  }
  RowAnswer& answer = *pending.answer;
  if (result.has_error()) {
    const RowField error = RowErrorOf(result.error());
    answer.added = format_.Render({error}, place_);
    answer.failure = error.json;
    answer.good_until = Clock::now() + kFailureUsable;
  } else {
    const v1::LookupResponse& response = result.response();
    answer.added =
        format_.Render(RowFieldsOf(lookup_, pending.asked, response), place_);
    answer.cached = response.source() != v1::SOURCE_VIRUSTOTAL &&
                    response.source() != v1::SOURCE_UNSPECIFIED;
    answer.good_until = Clock::now() + (response.verdict().response_code() ==
                                                ResponseCode::kQueued
                                            ? kQueuedUsable
                                            : kUsable);
    // A submission is made once.
    if (stream_ == nullptr) answer.good_until = Clock::time_point::max();
  }
  const std::lock_guard<std::mutex> lock(mu_);
  answer.done.store(true, std::memory_order_release);
  pending_.erase(id);
  changed_.notify_all();
}

bool RowAnswers::Wait(const RowAnswer& answer,
                      absl::FunctionRef<bool()> go_on) {
  const auto done = [&answer] {
    return answer.done.load(std::memory_order_acquire);
  };
  if (done()) return true;
  std::unique_lock<std::mutex> lock(mu_);
  while (!changed_.wait_for(lock, kTick, done)) {
    if (!go_on()) return false;
  }
  return true;
}

void RowAnswers::Finish() {
  if (stream_ != nullptr) stream_->Finish();
  std::unique_lock<std::mutex> lock(mu_);
  changed_.wait(lock, [this] { return pending_.empty(); });
}

}  // namespace vtlookup
