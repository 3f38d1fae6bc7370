#ifndef VTLOOKUP_SERVER_LOOKUP_PENDING_WATCH_H_
#define VTLOOKUP_SERVER_LOOKUP_PENDING_WATCH_H_

#include <optional>

#include "absl/base/thread_annotations.h"
#include "core/loop.h"
#include "core/mutex.h"
#include "grpcpp/support/byte_buffer.h"
#include "server/lookup/call_record.h"
#include "server/lookup/fast_path.h"
#include "server/misses/resolver.h"
#include "server/transport/queued_call.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup {

// A WatchLookup call. `rpc` owns this object. A client that reads slowly gets
// the latest verdict, not every verdict.
class PendingWatch final : public Reactor {
 public:
  // Borrows the loop, the resolver and `rpc`.
  PendingWatch(v1::WatchLookupRequest request, const CallRecord& call,
               Loop& loop, Resolver& resolver, WriteCall& rpc);

  // The handler calls one of these, once: the first if the indicator must be
  // looked up, the second if its verdict is known already.
  void Start(Miss miss);
  void Start(Answer known);

  void OnWriteDone(bool ok) override ABSL_LOCKS_EXCLUDED(mu_);
  void OnCancel() override;

 private:
  // Take the first verdict, and then each later one. Loop only. They end the
  // call when it has failed, or when the client waits for a final verdict only
  // and this one is final.
  void OnKnown(const Answer& answer);
  void OnVerdict(absl::StatusOr<Answer> answer);
  // Ends the call. The caller must not touch this object afterwards.
  void End(const absl::Status& status) ABSL_LOCKS_EXCLUDED(mu_);
  // Sends the answer, or keeps it until the write under way is done. False when
  // UnsentBudget has no room for the answer: the caller must end the call.
  bool Send(const Answer& answer) ABSL_LOCKS_EXCLUDED(mu_);

  const v1::WatchLookupRequest request_;
  const CallRecord call_;
  Loop& loop_;
  Resolver& resolver_;
  WriteCall& rpc_;
  const Resolver::WaiterId lookup_id_;
  const Resolver::WaiterId watch_id_;

  // Loop only.
  std::optional<Indicator> indicator_;
  std::optional<Answer> last_;  // the last answer that was given to Send

  Mutex mu_;
  grpc::ByteBuffer reply_;  // of the write under way
  std::optional<grpc::ByteBuffer> next_ ABSL_GUARDED_BY(mu_);
  bool writing_ ABSL_GUARDED_BY(mu_) = false;
  std::optional<absl::Status> end_ ABSL_GUARDED_BY(mu_);  // set by End
  UnsentBudget::Account account_ ABSL_GUARDED_BY(mu_);    // of both messages
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_LOOKUP_PENDING_WATCH_H_
