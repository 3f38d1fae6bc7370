#ifndef VTLOOKUP_SERVER_LOOKUP_PENDING_STREAM_H_
#define VTLOOKUP_SERVER_LOOKUP_PENDING_STREAM_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "core/clock.h"
#include "core/mutex.h"
#include "grpcpp/support/byte_buffer.h"
#include "server/lookup/call.h"
#include "server/lookup/fast_path.h"
#include "server/lookup/open_streams.h"
#include "server/lookup/outbox.h"
#include "server/lookup/read_request.h"
#include "server/lookup/slow_lane.h"
#include "server/misses/miss.h"
#include "server/misses/resolver.h"
#include "server/transport/rpc.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup {

// A StreamLookup call, which owns it. It reads a message, answers its items or
// leaves them to the resolver, and reads the next, as long as what waits and
// what is unsent stay within bounds.
class PendingStream final : public Reactor {
 public:
  struct Limits {
    size_t max_items = 0;  // in a message; one that has more ends the stream
    // Nothing is read where this might be passed, unless nothing waits.
    size_t max_waiting = 0;  // items without an answer
    // Bytes of answers that are not sent. Beyond this nothing is read; lookups
    // that wait are still answered, as long as UnsentBudget has room.
    size_t max_unsent = 0;
  };

  // Borrows all but the limits.
  PendingStream(Limits limits, const Call& call, const Clock& clock,
                FastPath& fast_path, Resolver& resolver, OpenStreams& streams,
                SlowLane& slow, BidiRpc& rpc);

  // Once, by the handler.
  void Start() ABSL_LOCKS_EXCLUDED(mu_);

  ~PendingStream() override { streams_.Remove(this); }

  // Reads no more, and ends with SHUTTING_DOWN once what waits is answered.
  // Any thread.
  void Leave() ABSL_LOCKS_EXCLUDED(mu_);

  void OnReadDone(bool ok) override ABSL_LOCKS_EXCLUDED(mu_);
  void OnWriteDone(bool ok) override ABSL_LOCKS_EXCLUDED(mu_);
  void OnCancel() override ABSL_LOCKS_EXCLUDED(mu_);

 private:
  // How far the stream has come. It only ever goes on to a later state.
  enum class State : uint8_t {
    // Messages are read and answered, within the bounds.
    kOpen,
    // The daemon stops. Nothing is read any more; what waits is still answered.
    kStopping,
    // The client has said that it sends no more. What waits is still answered.
    kAllRead,
    // The stream has failed. Nothing is read any more, and what waits is
    // cancelled.
    kFailed,
    // UnsentBudget had no room for an answer. Nothing is sent any more but the
    // failure of the stream.
    kNoRoom,
    // The client is gone: nothing is sent, and nobody waits.
    kClientGone,
    // The status has been sent. Nothing happens any more.
    kOver,
  };
  // What is done with the requests.
  enum class Input : uint8_t {
    kIdle,
    kReading,   // gRPC has been asked for the next message
    kHandling,  // the message that was read is being handled
  };

  // What the items of a message have in common.
  struct Message {
    Call call;  // as of when it came
    v1::View view;
    bool several;  // the answers go several in a message, too
  };
  struct Unanswered {
    uint64_t request_id;
    Miss miss;
  };

  // Handles the message that was read. False when the rest of it is handled on
  // the executor, which then calls Handled.
  bool Handle() ABSL_LOCKS_EXCLUDED(mu_);
  void HandleRest(size_t begin, const Message& message, const Want& want)
      ABSL_LOCKS_EXCLUDED(mu_);
  void Handled() ABSL_LOCKS_EXCLUDED(mu_);
  // Answers the items from `begin` on with `failure`.
  void FailAll(const LookupsAsked& asked, const Message& message,
               const absl::Status& failure, size_t begin = 0)
      ABSL_LOCKS_EXCLUDED(mu_);
  bool client_gone() ABSL_LOCKS_EXCLUDED(mu_) {
    MutexLock lock(mu_);
    return state_ == State::kClientGone;
  }
  // Answers the lookups from `begin` on; `costly` and the result are those of
  // FastPath::TryMany.
  size_t AnswerAll(const LookupsAsked& asked, const Message& message,
                   const Want& want, size_t begin, size_t costly)
      ABSL_LOCKS_EXCLUDED(mu_);
  void Wait(std::vector<Unanswered> misses, const Message& message)
      ABSL_LOCKS_EXCLUDED(mu_);
  void OnAnswer(Resolver::WaiterId id, uint64_t request_id,
                const Message& message, const absl::StatusOr<Answer>& answer)
      ABSL_LOCKS_EXCLUDED(mu_);
  void Send(const grpc::ByteBuffer& reply, bool several)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void EndWith(const absl::Status& failure) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  size_t UnsentBytes() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) {
    return unsent_.bytes() + reply_.Length();
  }
  void WriteNext() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void ReadOn() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  // The stream's status, once: when there is nothing left to do. Finish must
  // follow, without the lock, as the last thing: this may be deleted then.
  std::optional<absl::Status> End() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void FinishIf(const std::optional<absl::Status>& end);
  // Goes on to `state`; false when the stream has come as far already.
  bool Advance(State state) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void DropUnsent() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void CancelWaiting() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void OnClientGone() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const Limits limits_;
  const Call call_;  // of the stream as a whole
  const Clock& clock_;
  FastPath& fast_path_;
  Resolver& resolver_;
  OpenStreams& streams_;
  SlowLane& slow_;
  BidiRpc& rpc_;

  grpc::ByteBuffer request_;  // of the read under way
  grpc::ByteBuffer reply_;    // of the write under way

  Mutex mu_;
  State state_ ABSL_GUARDED_BY(mu_) = State::kOpen;
  Input input_ ABSL_GUARDED_BY(mu_) = Input::kIdle;
  bool writing_ ABSL_GUARDED_BY(mu_) = false;  // `reply_`
  absl::Status failure_ ABSL_GUARDED_BY(mu_);  // of the stream
  absl::flat_hash_set<Resolver::WaiterId> waiting_ ABSL_GUARDED_BY(mu_);
  // The most items that a message has had: there is to be room for as many.
  size_t largest_ ABSL_GUARDED_BY(mu_) = 1;
  Outbox unsent_ ABSL_GUARDED_BY(mu_);
  // Holds the bytes of `unsent_` and of the write under way.
  UnsentBudget::Account account_ ABSL_GUARDED_BY(mu_);
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_LOOKUP_PENDING_STREAM_H_
