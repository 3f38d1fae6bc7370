#include "server/pending_batch.h"

#include <algorithm>
#include <utility>

#include "core/failure.h"
#include "server/reply.h"

namespace vtlookup {
namespace {

using Miss = LookupFront::Miss;

size_t CountMisses(const PendingBatch::Outcomes& outcomes) {
  return static_cast<size_t>(
      std::count_if(outcomes.begin(), outcomes.end(), [](const auto& outcome) {
        return std::holds_alternative<Miss>(outcome);
      }));
}

absl::Status OutOfTime() {
  return FailureStatus(absl::StatusCode::kDeadlineExceeded,
                       "no answer before the deadline",
                       {.reason = "DEADLINE_EXCEEDED"});
}

}  // namespace

PendingBatch::PendingBatch(Loop& loop, Resolver& resolver, v1::View view,
                           const Call& call, Outcomes outcomes,
                           grpc::ByteBuffer* response)
    : loop_(loop),
      resolver_(resolver),
      view_(view),
      call_(call),
      response_(response),
      misses_(CountMisses(outcomes)),
      first_id_(resolver.ReserveIds(misses_)),
      outcomes_(std::move(outcomes)),
      waiting_(misses_) {}

void PendingBatch::Start(absl::Duration patience) {
  // Taken out before the loop may touch anything, and kept here: the last
  // answer may finish the call, but not delete this before the handler ends.
  std::vector<std::pair<size_t, Miss>> misses;
  misses.reserve(misses_);
  for (size_t i = 0; i < outcomes_.size(); ++i) {
    if (auto* miss = std::get_if<Miss>(&outcomes_[i])) {
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
    outcomes_[index] = *std::move(answer);
  } else {
    outcomes_[index] = answer.status();
  }
  if (--waiting_ > 0) return;
  if (timer_.has_value()) loop_.CancelTimer(*timer_);
  *response_ = MakeBatchReply(outcomes_, view_);
  Finish(call_.End(absl::OkStatus()));
}

grpc::ByteBuffer MakeBatchReply(const PendingBatch::Outcomes& outcomes,
                                v1::View view) {
  ReplyBuilder builder;
  for (const LookupFront::Outcome& outcome : outcomes) {
    if (const auto* answer = std::get_if<Answer>(&outcome)) {
      AppendResult(*answer, view, &builder);
    } else if (const auto* failure = std::get_if<absl::Status>(&outcome)) {
      AppendResult(*failure, &builder);
    }
  }
  return builder.Build();
}

}  // namespace vtlookup
