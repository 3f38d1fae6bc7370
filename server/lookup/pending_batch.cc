#include "server/lookup/pending_batch.h"

#include <utility>

#include "server/lookup/patience.h"
#include "server/lookup/send_reply.h"

namespace vtlookup {

PendingBatch::PendingBatch(Loop& loop, Resolver& resolver,
                           const CallRecord& call, BatchOutcomes outcomes,
                           UnaryCall& rpc)
    : loop_(loop),
      resolver_(resolver),
      call_(call),
      rpc_(rpc),
      misses_(outcomes.misses()),
      first_id_(resolver.ReserveIds(misses_)),
      outcomes_(std::move(outcomes)),
      waiting_(misses_) {}

void PendingBatch::Start(absl::Duration patience) {
  std::vector<Resolver::Request> misses;
  misses.reserve(misses_);
  for (size_t i = 0; i < outcomes_.all().size(); ++i) {
    auto* const miss = std::get_if<Miss>(&outcomes_.all()[i]);
    if (miss == nullptr) continue;
    misses.push_back({first_id_ + misses.size(), std::move(*miss),
                      [this, i](absl::StatusOr<Answer> answer) {
                        OnItem(i, std::move(answer));
                      }});
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
  // Must be the last statement: the last answer may finish the call, after
  // which this object may be deleted when it belongs to a SlowBatch.
  resolver_.Resolve(std::move(misses));
}

void PendingBatch::CancelAll() { resolver_.Cancel(first_id_, misses_); }

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
  SendReply(rpc_, call_, outcomes_.TakeReply());
}

}  // namespace vtlookup
