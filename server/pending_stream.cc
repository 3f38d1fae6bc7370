#include "server/pending_stream.h"

#include <utility>

#include "server/refusal.h"
#include "server/reply.h"

namespace vtlookup {

PendingStream::PendingStream(Limits limits, const Call& call,
                             const Clock& clock, LookupFront& front,
                             Resolver& resolver, OpenStreams& streams,
                             BidiRpc& rpc)
    : limits_(limits),
      call_(call),
      clock_(clock),
      front_(front),
      resolver_(resolver),
      streams_(streams),
      rpc_(rpc) {}

void PendingStream::Start() {
  {
    MutexLock lock(mu_);
    ReadOn();
  }
  if (!streams_.Add(this)) Leave();
}

// The bounds are on what waits, not on what is at hand: a client that reads
// its answers is never held up.
void PendingStream::ReadOn() {
  if (reading_ || handling_ || no_more_ || leaving_ || broken_ ||
      waiting_.size() >= limits_.max_waiting ||
      unsent_bytes_ >= limits_.max_unsent) {
    return;
  }
  reading_ = true;
  rpc_.Read(&request_);
}

void PendingStream::OnReadDone(bool ok) {
  bool handle = false;
  {
    MutexLock lock(mu_);
    reading_ = false;
    if (!ok) no_more_ = true;
    handle = handling_ = ok && !leaving_;
  }
  if (handle) {
    LookupsAsked asked;
    if (const absl::Status status = ReadStreamItem(request_, &asked);
        status.ok()) {
      Handle(asked);
    } else {
      MutexLock lock(mu_);
      Send(MakeStreamReply(0, status));
    }
  }
  std::optional<absl::Status> end;
  {
    MutexLock lock(mu_);
    handling_ = false;
    ReadOn();
    end = End();
  }
  FinishIf(end);
}

absl::StatusOr<Want> PendingStream::WantOf(const v1::LookupOptions& options,
                                           const Call& item) {
  if (absl::Status status = item.Spend(1); !status.ok()) return status;
  absl::StatusOr<Want> want = front_.WantOf(options, Lane::kBulk);
  if (!want.ok()) return want;
  if (absl::Status status = item.Permit(options, &*want); !status.ok()) {
    return status;
  }
  return want;
}

void PendingStream::Handle(const LookupsAsked& asked) {
  const v1::View view = asked.options.view();
  const AskedText& text = asked.indicators.front();
  const Call item = call_.Item();
  grpc::ByteBuffer reply;
  const auto answer_with = [&](const AnswerView& answer) {
    item.Answered(answer);
    reply = MakeStreamReply(asked.request_id, answer, view);
  };
  const absl::StatusOr<Want> want = WantOf(asked.options, item);
  const absl::Time now = clock_.Now();
  if (!want.ok() || !front_.TryMemory(text, LookupFront::HashOf(text), *want,
                                      now, answer_with)) {
    LookupFront::Outcome outcome = want.status();
    if (want.ok()) outcome = front_.Try(text, -1, *want, now);
    if (auto* miss = std::get_if<Miss>(&outcome)) {
      return Wait(asked.request_id, view, item, std::move(*miss));
    }
    if (const auto* const answer = std::get_if<Answer>(&outcome)) {
      answer_with(ViewOf(*answer));
    } else {
      item.Failed(std::get<absl::Status>(outcome));
      reply =
          MakeStreamReply(asked.request_id, std::get<absl::Status>(outcome));
    }
  }
  MutexLock lock(mu_);
  Send(reply);
}

void PendingStream::Wait(uint64_t request_id, v1::View view, const Call& item,
                         Miss miss) {
  item.Name(&miss.want);
  const Resolver::WaiterId id = resolver_.ReserveIds(1);
  // Together, so that a cancel finds all or nothing.
  MutexLock lock(mu_);
  if (broken_) return;
  waiting_.insert(id);
  resolver_.Resolve(
      id, std::move(miss),
      [this, id, request_id, view, item](const absl::StatusOr<Answer>& answer) {
        item.Settled(answer);
        OnAnswer(id, request_id, view, answer);
      });
}

void PendingStream::OnAnswer(Resolver::WaiterId id, uint64_t request_id,
                             v1::View view,
                             const absl::StatusOr<Answer>& answer) {
  grpc::ByteBuffer reply =
      answer.ok() ? MakeStreamReply(request_id, ViewOf(*answer), view)
                  : MakeStreamReply(request_id, answer.status());
  std::optional<absl::Status> end;
  {
    MutexLock lock(mu_);
    waiting_.erase(id);
    Send(reply);
    ReadOn();
    end = End();
  }
  FinishIf(end);
}

void PendingStream::Send(const grpc::ByteBuffer& reply) {
  if (broken_) return;
  unsent_bytes_ += reply.Length();
  unsent_.push_back(reply);
  if (!writing_) WriteNext();
}

void PendingStream::WriteNext() {
  reply_ = unsent_.front();
  unsent_.pop_front();
  writing_ = true;
  grpc::WriteOptions options;
  // More follows: gRPC need not send each on its own.
  if (!unsent_.empty()) options.set_buffer_hint();
  rpc_.Write(reply_, options);
}

void PendingStream::OnWriteDone(bool ok) {
  std::optional<absl::Status> end;
  {
    MutexLock lock(mu_);
    writing_ = false;
    unsent_bytes_ -= reply_.Length();
    reply_.Clear();
    if (!ok) Break();
    if (!unsent_.empty()) WriteNext();
    ReadOn();
    end = End();
  }
  FinishIf(end);
}

void PendingStream::OnCancel() {
  std::optional<absl::Status> end;
  {
    MutexLock lock(mu_);
    Break();
    end = End();
  }
  FinishIf(end);
}

// The client is gone: nothing is sent any more, and nobody waits.
void PendingStream::Break() {
  if (std::exchange(broken_, true)) return;
  unsent_.clear();
  unsent_bytes_ = writing_ ? reply_.Length() : 0;
  for (const Resolver::WaiterId id : waiting_) resolver_.Cancel(id);
}

void PendingStream::Leave() {
  std::optional<absl::Status> end;
  {
    MutexLock lock(mu_);
    leaving_ = true;
    end = End();
  }
  FinishIf(end);
}

std::optional<absl::Status> PendingStream::End() {
  // Leaving, it does not wait for the client to say the next; gRPC ends such a
  // read when the stream is finished.
  const bool reading = reading_ && !leaving_;
  if (over_ || reading || handling_ || writing_ || !waiting_.empty() ||
      !unsent_.empty() || !(no_more_ || leaving_ || broken_)) {
    return std::nullopt;
  }
  over_ = true;
  // Whether it was cancelled, gRPC knows itself.
  if (no_more_ || broken_) return absl::OkStatus();
  return ShuttingDown();
}

void PendingStream::FinishIf(const std::optional<absl::Status>& end) {
  if (end.has_value()) rpc_.Finish(call_.End(*end));
}

}  // namespace vtlookup
