#include "server/lookup/pending_watch.h"

#include <utility>

#include "core/response_code.h"
#include "server/lookup/reply.h"
#include "server/verdicts/stored_verdict.h"

namespace vtlookup {
namespace {

// The parts of a verdict whose change is sent to the client.
struct Gist {
  int32_t code = NumberOf(ResponseCode::kMissing);
  bool stale = false;
  bool counted = false;
  uint32_t positives = 0;
  uint32_t total = 0;
  friend bool operator==(const Gist&, const Gist&) = default;
};

Gist GistOf(const Answer& answer) {
  const v1::Verdict verdict = DecodeVerdict(*answer.entry.value);
  return {.code = verdict.response_code(),
          .stale = answer.stale,
          .counted = verdict.has_positives(),
          .positives = verdict.positives(),
          .total = verdict.total()};
}

}  // namespace

PendingWatch::PendingWatch(v1::WatchLookupRequest request,
                           const CallRecord& call, Loop& loop,
                           Resolver& resolver, WriteCall& rpc)
    : request_(std::move(request)),
      call_(call),
      loop_(loop),
      resolver_(resolver),
      rpc_(rpc),
      lookup_id_(resolver.ReserveIds(2)),
      watch_id_(lookup_id_ + 1),
      account_(call.OpenUnsent()) {}

// At any time either the lookup or the watch is under way. Both ids are
// cancelled; the one under way then calls back with Cancelled, which ends the
// call.
void PendingWatch::OnCancel() {
  resolver_.Cancel(lookup_id_);
  resolver_.Cancel(watch_id_);
}

void PendingWatch::Start(Miss miss) {
  indicator_ = miss.indicator;  // before the loop may touch it
  resolver_.Resolve(lookup_id_, std::move(miss),
                    [this](const absl::StatusOr<Answer>& answer) {
                      call_.Settled(answer);
                      if (!answer.ok()) return End(answer.status());
                      OnKnown(*answer);
                    });
}

void PendingWatch::Start(Answer known) {
  call_.Answered(ViewOf(known));
  // The daemon itself has made this answer (SOURCE_LOCAL), so VirusTotal will
  // never change it, and there is nothing to watch.
  absl::StatusOr<Indicator> indicator =
      Indicator::Parse(known.kind, known.indicator);
  if (known.source == v1::SOURCE_LOCAL || !indicator.ok()) {
    return End(Send(known) ? absl::OkStatus() : call_.NoRoom());
  }
  indicator_ = *std::move(indicator);
  loop_.Post([this, known = std::move(known)] { OnKnown(known); });
}

void PendingWatch::OnKnown(const Answer& answer) {
  if (request_.until_final() && GistOf(answer).code != ResponseCode::kQueued) {
    return End(Send(answer) ? absl::OkStatus() : call_.NoRoom());
  }
  last_ = answer;
  if (!Send(answer)) return End(call_.NoRoom());
  resolver_.Watch(watch_id_, *indicator_, answer,
                  [this](absl::StatusOr<Answer> verdict) {
                    OnVerdict(std::move(verdict));
                  });
}

void PendingWatch::OnVerdict(absl::StatusOr<Answer> answer) {
  if (!answer.ok()) return End(answer.status());
  if (GistOf(*last_) == GistOf(*answer)) return;
  last_ = *std::move(answer);
  const bool sent = Send(*last_);
  if (!sent || (request_.until_final() &&
                GistOf(*last_).code != ResponseCode::kQueued)) {
    resolver_.Unwatch(watch_id_);
    End(sent ? absl::OkStatus() : call_.NoRoom());
  }
}

bool PendingWatch::Send(const Answer& answer) {
  const grpc::ByteBuffer reply =
      MakeWatchReply(ViewOf(answer), request_.options().view());
  MutexLock lock(mu_);
  // This answer replaces one that has not been sent.
  if (next_.has_value()) account_.Shrink(next_->Length());
  next_.reset();
  if (!account_.Grow(reply.Length())) return false;
  if (writing_) {
    next_ = reply;
    return true;
  }
  reply_ = reply;
  writing_ = true;
  rpc_.Write(reply_);
  return true;
}

void PendingWatch::OnWriteDone(bool ok) {
  std::optional<absl::Status> end;
  {
    MutexLock lock(mu_);
    writing_ = false;
    account_.Shrink(reply_.Length());
    reply_.Clear();
    if (ok && next_.has_value()) {
      reply_ = *std::exchange(next_, std::nullopt);
      writing_ = true;
      rpc_.Write(reply_);
      return;
    }
    end = end_;
  }
  if (end.has_value()) rpc_.Finish(call_.End(*end));
}

// Finish is called without the lock, because this object may be deleted after
// it.
void PendingWatch::End(const absl::Status& status) {
  {
    MutexLock lock(mu_);
    end_ = status;
    if (writing_) return;  // OnWriteDone finishes
  }
  rpc_.Finish(call_.End(status));
}

}  // namespace vtlookup
