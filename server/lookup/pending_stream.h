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
#include "server/lookup/call_record.h"
#include "server/lookup/fast_path.h"
#include "server/lookup/open_streams.h"
#include "server/lookup/outbox.h"
#include "server/lookup/read_request.h"
#include "server/lookup/slow_lane.h"
#include "server/misses/miss.h"
#include "server/misses/resolver.h"
#include "server/transport/queued_call.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup {

// A StreamLookup call. `rpc` owns this object. It reads a message, answers its
// items or leaves them to the resolver, and then reads the next message. It
// stops reading while too many items wait or too many bytes are unsent
// (backpressure).
//
// Handlers run on the thread of the queue, answers on the loop, and the rest of
// a slow message on an executor; `mu_` guards what they share.
class PendingStream final : public Reactor {
 public:
  struct Limits {
    size_t max_items = 0;  // in a message; one that has more ends the stream
    // Items without an answer. No message is read if it might exceed this,
    // unless no item waits.
    size_t max_waiting = 0;
    // Bytes of unsent answers. No message is read while there are as many;
    // lookups that wait are still answered, as long as UnsentBudget has room.
    size_t max_unsent = 0;
  };

  // Borrows all arguments but the limits; copies `call`.
  PendingStream(Limits limits, const CallRecord& call, const Clock& clock,
                FastPath& fast_path, Resolver& resolver, OpenStreams& streams,
                SlowLane& slow, BidiCall& rpc);

  // Starts reading. Called once, by the handler.
  void Start() ABSL_LOCKS_EXCLUDED(mu_);

  ~PendingStream() override { streams_.Remove(this); }

  // Stops reading, and ends the stream with SHUTTING_DOWN when all items that
  // wait are answered. Any thread.
  void Leave() ABSL_LOCKS_EXCLUDED(mu_);

  void OnReadDone(bool ok) override ABSL_LOCKS_EXCLUDED(mu_);
  void OnWriteDone(bool ok) override ABSL_LOCKS_EXCLUDED(mu_);
  void OnCancel() override ABSL_LOCKS_EXCLUDED(mu_);

 private:
  // The progress of the stream. The state only ever advances.
  enum class State : uint8_t {
    // Messages are read and answered, within the limits.
    kOpen,
    // The daemon stops. No message is read any more, but items that wait are
    // still answered.
    kStopping,
    // The client has sent its last message. Items that wait are still answered.
    kAllRead,
    // The stream has failed. No message is read any more, and items that wait
    // are cancelled.
    kFailed,
    // UnsentBudget had no room for an answer. Only the failure of the stream is
    // still sent.
    kNoRoom,
    // The client is gone. Nothing is sent any more, and items that wait are
    // cancelled.
    kClientGone,
    // The call was finished. Nothing happens any more.
    kOver,
  };
  // The state of the reading side.
  enum class Input : uint8_t {
    kIdle,
    kReading,   // gRPC has been asked for the next message
    kHandling,  // the message that was read is being handled
  };

  // What the items of a message have in common.
  struct Message {
    CallRecord call;  // its time begins when the message came
    v1::View view;
    bool several;  // the message has `items`; so its answers may be joined
  };
  struct Unanswered {
    uint64_t request_id;
    Miss miss;
  };

  // Handles the message that was read. False when the executor handles the rest
  // of it and then calls Handled.
  bool Handle() ABSL_LOCKS_EXCLUDED(mu_);
  void HandleRest(size_t begin, const Message& message, const Want& want)
      ABSL_LOCKS_EXCLUDED(mu_);
  void Handled() ABSL_LOCKS_EXCLUDED(mu_);
  // Answers the items from `begin` on with `failure`.
  void FailAll(const LookupBatch& asked, const Message& message,
               const absl::Status& failure, size_t begin = 0)
      ABSL_LOCKS_EXCLUDED(mu_);
  bool client_gone() ABSL_LOCKS_EXCLUDED(mu_) {
    MutexLock lock(mu_);
    return state_ == State::kClientGone;
  }
  // Answers the lookups from `begin` on, or leaves them to the resolver. See
  // FastPath::TryMany for `costly` and the result.
  size_t AnswerAll(const LookupBatch& asked, const Message& message,
                   const Want& want, size_t begin, size_t costly)
      ABSL_LOCKS_EXCLUDED(mu_);
  void Wait(std::vector<Unanswered> misses, const Want& want,
            const Message& message) ABSL_LOCKS_EXCLUDED(mu_);
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
  // Returns the status of the stream, once, when nothing is left to do. The
  // caller must then call Finish without the lock, as its last statement,
  // because this object may be deleted after it. Where End has returned
  // nothing, another thread may get the status and delete this object as soon
  // as the lock is released, so the caller must not touch it any more.
  std::optional<absl::Status> End() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Finish(const absl::Status& end);
  // Advances to `state`. False when the stream is in this or a later state
  // already.
  bool Advance(State state) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void DropUnsent() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void CancelWaiting() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void OnClientGone() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const Limits limits_;
  const CallRecord call_;  // the stream as a whole
  const Clock& clock_;
  FastPath& fast_path_;
  Resolver& resolver_;
  OpenStreams& streams_;
  SlowLane& slow_;
  BidiCall& rpc_;

  grpc::ByteBuffer request_;  // of the read under way
  grpc::ByteBuffer reply_;    // of the write under way

  Mutex mu_;
  State state_ ABSL_GUARDED_BY(mu_) = State::kOpen;
  Input input_ ABSL_GUARDED_BY(mu_) = Input::kIdle;
  bool writing_ ABSL_GUARDED_BY(mu_) = false;  // a write is under way
  absl::Status failure_ ABSL_GUARDED_BY(mu_);  // of the stream
  absl::flat_hash_set<Resolver::WaiterId> waiting_ ABSL_GUARDED_BY(mu_);
  // The most items that a message has had. The next message is read only when
  // there is room for as many.
  size_t largest_ ABSL_GUARDED_BY(mu_) = 1;
  Outbox unsent_ ABSL_GUARDED_BY(mu_);
  // Accounts for the bytes of `unsent_` and of the write under way.
  UnsentBudget::Account account_ ABSL_GUARDED_BY(mu_);
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_LOOKUP_PENDING_STREAM_H_
