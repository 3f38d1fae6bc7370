#include "server/lookup/pending_stream.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/lookup/reply.h"
#include "server/misses/refusals.h"
#include "server/transport/grpc_status.h"

namespace vtlookup {

PendingStream::PendingStream(Limits limits, const CallRecord& call,
                             const Clock& clock, FastPath& fast_path,
                             Resolver& resolver, OpenStreams& streams,
                             SlowLane& slow, BidiCall& rpc)
    : limits_(limits),
      call_(call),
      clock_(clock),
      fast_path_(fast_path),
      resolver_(resolver),
      streams_(streams),
      slow_(slow),
      rpc_(rpc),
      account_(call.OpenUnsent()) {}

void PendingStream::Start() {
  {
    MutexLock lock(mu_);
    ReadOn();
  }
  if (!streams_.Add(this)) Leave();
}

// The limits bound what waits, so a client that reads its answers, and whose
// items are in memory, is never held up.
void PendingStream::ReadOn() {
  if (state_ != State::kOpen || input_ != Input::kIdle ||
      (!waiting_.empty() && waiting_.size() + largest_ > limits_.max_waiting) ||
      UnsentBytes() >= limits_.max_unsent ||
      (UnsentBytes() > 0 && account_.crowded())) {
    return;
  }
  input_ = Input::kReading;
  rpc_.Read(&request_);
}

void PendingStream::OnReadDone(bool ok) {
  bool handle = false;
  {
    MutexLock lock(mu_);
    if (!ok) Advance(State::kAllRead);
    handle = ok && state_ == State::kOpen;
    input_ = handle ? Input::kHandling : Input::kIdle;
  }
  if (!handle || Handle()) Handled();
}

void PendingStream::Handled() {
  request_.Clear();  // it may be large, and the next may be long in coming
  std::optional<absl::Status> end;
  {
    MutexLock lock(mu_);
    input_ = Input::kIdle;
    ReadOn();
    end = End();
  }
  if (end.has_value()) Finish(*end);
}

bool PendingStream::Handle() {
  LookupBatch asked;
  if (const absl::Status status = ReadStreamItems(request_, &asked);
      !status.ok()) {
    ReplyBuilder reply;
    AppendStreamAnswer(0, status, /*several=*/false, &reply);
    MutexLock lock(mu_);
    Send(reply.Build(), /*several=*/false);
    return true;
  }
  if (asked.indicators.size() > limits_.max_items) {
    const absl::Status failure = BadField(
        "items",
        absl::StrCat("the message has ", asked.indicators.size(),
                     " items, and limits.max_batch is ", limits_.max_items));
    call_.Failed(failure);
    MutexLock lock(mu_);
    EndWith(failure);
    return true;
  }
  {
    MutexLock lock(mu_);
    largest_ = std::max(largest_, asked.indicators.size());
  }
  const Message message{call_.Item(), asked.options.view(), asked.several};
  const absl::StatusOr<Want> want = message.call.Accept(
      {asked.options, Lane::kBulk, asked.indicators.size()});
  if (!want.ok()) {
    FailAll(asked, message, want.status());
    return true;
  }
  const size_t done =
      AnswerAll(asked, message, *want, 0, FastPath::kCostlyAtOnce);
  if (done == asked.indicators.size()) return true;
  if (slow_.Run(call_.client(), [this, done, message, want = *want] {
        HandleRest(done, message, want);
      })) {
    return false;
  }
  FailAll(asked, message, TooManySlow(), done);
  return true;
}

void PendingStream::HandleRest(size_t begin, const Message& message,
                               const Want& want) {
  LookupBatch asked;
  ReadStreamItems(request_, &asked).IgnoreError();  // Handle has read it
  while (begin < asked.indicators.size() && !client_gone()) {
    begin = AnswerAll(asked, message, want, begin, FastPath::kCostlyAtOnce);
  }
  Handled();
}

void PendingStream::FailAll(const LookupBatch& asked, const Message& message,
                            const absl::Status& failure, size_t begin) {
  for (size_t i = begin; i < asked.request_ids.size(); ++i) {
    const uint64_t id = asked.request_ids[i];
    message.call.Failed(failure);
    ReplyBuilder reply;
    AppendStreamAnswer(id, failure, message.several, &reply);
    MutexLock lock(mu_);
    Send(reply.Build(), message.several);
  }
}

size_t PendingStream::AnswerAll(const LookupBatch& asked,
                                const Message& message, const Want& want,
                                size_t begin, size_t costly) {
  std::vector<ReplyBuilder> replies(1);
  std::vector<Unanswered> misses;
  Traffic::Tally tally;
  const auto append = [&](size_t index, const auto& outcome, auto... view) {
    if (replies.back().size() >= Outbox::kJoined) replies.emplace_back();
    AppendStreamAnswer(asked.request_ids[index], outcome, view...,
                       message.several, &replies.back());
  };
  const size_t done = fast_path_.TryMany(
      asked.indicators, message.several ? "items" : "", want, clock_.Now(),
      [&](size_t index, const AnswerView& answer) {
        tally.Add(answer);
        append(index, answer, message.view);
      },
      [&](size_t index, FastPath::Outcome outcome) {
        if (auto* miss = std::get_if<Miss>(&outcome)) {
          misses.push_back({asked.request_ids[index], std::move(*miss)});
        } else if (auto* failure = std::get_if<absl::Status>(&outcome)) {
          message.call.Failed(*failure);
          append(index, *failure);
        } else {
          const AnswerView answer = ViewOf(std::get<Answer>(outcome));
          message.call.Answered(answer);
          append(index, answer, message.view);
        }
      },
      begin, costly);
  message.call.Answered(tally);
  if (!misses.empty()) Wait(std::move(misses), want, message);
  MutexLock lock(mu_);
  for (ReplyBuilder& reply : replies) {
    if (reply.size() > 0) Send(reply.Build(), message.several);
  }
  return done;
}

void PendingStream::Wait(std::vector<Unanswered> misses, const Want& want,
                         const Message& message) {
  const auto common = std::make_shared<const Message>(message);
  Resolver::WaiterId id = resolver_.ReserveIds(misses.size());
  std::vector<Resolver::Request> requests;
  requests.reserve(misses.size());
  const Requester requester = message.call.requester(want);
  // One lock for all, so that OnClientGone and EndWith cancel all of them or
  // none. After EndWith nothing more is asked.
  MutexLock lock(mu_);
  if (state_ >= State::kFailed) return;
  for (Unanswered& one : misses) {
    one.miss.requester = requester;
    waiting_.insert(id);
    requests.push_back({id, std::move(one.miss),
                        [this, id, its_id = one.request_id,
                         common](const absl::StatusOr<Answer>& answer) {
                          common->call.Settled(answer);
                          OnAnswer(id, its_id, *common, answer);
                        }});
    ++id;
  }
  resolver_.Resolve(std::move(requests));
}

void PendingStream::OnAnswer(Resolver::WaiterId id, uint64_t request_id,
                             const Message& message,
                             const absl::StatusOr<Answer>& answer) {
  ReplyBuilder reply;
  std::optional<absl::Status> end;
  {
    MutexLock lock(mu_);
    waiting_.erase(id);
    if (answer.ok()) {
      AppendStreamAnswer(request_id, ViewOf(*answer), message.view,
                         message.several, &reply);
    } else {
      // A lookup that was cancelled because the stream has failed gets the
      // failure of the stream.
      const bool why = absl::IsCancelled(answer.status()) && !failure_.ok();
      AppendStreamAnswer(request_id, why ? failure_ : answer.status(),
                         message.several, &reply);
    }
    Send(reply.Build(), message.several);
    ReadOn();
    end = End();
  }
  if (end.has_value()) Finish(*end);
}

void PendingStream::Send(const grpc::ByteBuffer& reply, bool several) {
  if (state_ >= State::kNoRoom) return;
  if (!account_.Grow(reply.Length())) {
    // Dropping the answers loses nothing: the client can look them up again.
    EndWith(call_.NoRoom());
    Advance(State::kNoRoom);
    return DropUnsent();
  }
  unsent_.Add(reply, several);
  if (!writing_) WriteNext();
}

// The stream ends with `failure` as soon as the cancelled lookups have ended.
void PendingStream::EndWith(const absl::Status& failure) {
  Advance(State::kFailed);
  failure_ = failure;
  CancelWaiting();
}

bool PendingStream::Advance(State state) {
  if (state_ >= state) return false;
  state_ = state;
  return true;
}

void PendingStream::DropUnsent() {
  account_.Shrink(unsent_.bytes());
  unsent_.Clear();
}

void PendingStream::CancelWaiting() {
  for (const Resolver::WaiterId id : waiting_) resolver_.Cancel(id);
}

void PendingStream::WriteNext() {
  reply_ = unsent_.Take();
  writing_ = true;
  grpc::WriteOptions options;
  // More messages follow, so gRPC need not send this one on its own.
  if (!unsent_.empty()) options.set_buffer_hint();
  rpc_.Write(reply_, options);
}

void PendingStream::OnWriteDone(bool ok) {
  std::optional<absl::Status> end;
  {
    MutexLock lock(mu_);
    writing_ = false;
    account_.Shrink(reply_.Length());
    reply_.Clear();
    if (!ok) OnClientGone();
    if (!unsent_.empty()) WriteNext();
    ReadOn();
    end = End();
  }
  if (end.has_value()) Finish(*end);
}

void PendingStream::OnCancel() {
  std::optional<absl::Status> end;
  {
    MutexLock lock(mu_);
    OnClientGone();
    end = End();
  }
  if (end.has_value()) Finish(*end);
}

void PendingStream::OnClientGone() {
  if (!Advance(State::kClientGone)) return;
  DropUnsent();
  CancelWaiting();
}

void PendingStream::Leave() {
  std::optional<absl::Status> end;
  {
    MutexLock lock(mu_);
    Advance(State::kStopping);
    end = End();
  }
  if (end.has_value()) Finish(*end);
}

std::optional<absl::Status> PendingStream::End() {
  if (state_ == State::kOpen || state_ == State::kOver) return std::nullopt;
  // Finish ends a read that is under way, so the stream need not wait for the
  // client to send something. When the client is gone, the read ends by itself.
  const bool input_ended =
      input_ == Input::kIdle ||
      (input_ == Input::kReading && state_ != State::kClientGone);
  if (!input_ended || writing_ || !waiting_.empty() || !unsent_.empty()) {
    return std::nullopt;
  }
  const bool stopping = state_ == State::kStopping;
  Advance(State::kOver);
  if (!failure_.ok()) return failure_;
  // For a cancelled call gRPC reports CANCELLED, whatever status we return.
  return stopping ? ShuttingDown() : absl::OkStatus();
}

void PendingStream::Finish(const absl::Status& end) {
  rpc_.Finish(call_.End(end));
}

}  // namespace vtlookup
