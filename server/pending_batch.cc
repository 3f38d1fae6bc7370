#include "server/pending_batch.h"

#include <utility>

#include "core/failure.h"

namespace vtlookup {
namespace {

using Miss = LookupFront::Miss;

absl::Status OutOfTime() {
  return FailureStatus(absl::StatusCode::kDeadlineExceeded,
                       "no answer before the deadline",
                       {.reason = "DEADLINE_EXCEEDED"});
}

}  // namespace

PendingBatch::PendingBatch(Loop& loop, Resolver& resolver, const Call& call,
                           BatchOutcomes outcomes, UnaryRpc& rpc)
    : loop_(loop),
      resolver_(resolver),
      call_(call),
      rpc_(rpc),
      misses_(outcomes.misses()),
      first_id_(resolver.ReserveIds(misses_)),
      outcomes_(std::move(outcomes)),
      waiting_(misses_) {}

void PendingBatch::Start(absl::Duration patience) {
  // Taken out before the loop may touch anything, and kept here: the last
  // answer may finish the call, but not delete this before the handler ends.
  std::vector<std::pair<size_t, Miss>> misses;
  misses.reserve(misses_);
  for (size_t i = 0; i < outcomes_.all().size(); ++i) {
    if (auto* miss = std::get_if<Miss>(&outcomes_.all()[i])) {
      misses.emplace_back(i, std::move(*miss));
    }
  }
  if (patience != absl::InfiniteDuration()) {
    loop_.Post([this, patience] {
      timer_ = loop_.After(patience, [this] {
        timer_.reset();
        out_of_time_ = true;
        CancelAll();
      });
    });
  }
  Resolver::WaiterId id = first_id_;
  for (auto& [index, miss] : misses) {
    resolver_.Resolve(id++, std::move(miss.indicator), miss.want,
                      [this, at = index](absl::StatusOr<Answer> answer) {
                        OnItem(at, std::move(answer));
                      });
  }
}

void PendingBatch::CancelAll() {
  for (size_t i = 0; i < misses_; ++i) resolver_.Cancel(first_id_ + i);
}

void PendingBatch::OnItem(size_t index, absl::StatusOr<Answer> answer) {
  if (out_of_time_ && absl::IsCancelled(answer.status())) {
    answer = OutOfTime();
  }
  call_.Settled(answer);
  if (answer.ok()) {
    outcomes_.all()[index] = *std::move(answer);
  } else {
    outcomes_.all()[index] = answer.status();
  }
  if (--waiting_ > 0) return;
  if (timer_.has_value()) loop_.CancelTimer(*timer_);
  rpc_.Finish(outcomes_.TakeReply(), call_.End(absl::OkStatus()));
}

}  // namespace vtlookup
