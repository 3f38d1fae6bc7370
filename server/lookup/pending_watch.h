#ifndef VTLOOKUP_SERVER_LOOKUP_PENDING_WATCH_H_
#define VTLOOKUP_SERVER_LOOKUP_PENDING_WATCH_H_

#include <optional>

#include "absl/base/thread_annotations.h"
#include "core/loop.h"
#include "core/mutex.h"
#include "grpcpp/support/byte_buffer.h"
#include "server/lookup/call.h"
#include "server/lookup/fast_path.h"
#include "server/misses/resolver.h"
#include "server/transport/rpc.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup {

// A WatchLookup call, which owns it. A client that reads slowly gets the latest
// verdict, not all of them.
class PendingWatch final : public Reactor {
 public:
  // Borrows all but the message.
  PendingWatch(v1::WatchLookupRequest request, const Call& call, Loop& loop,
               Resolver& resolver, WriteRpc& rpc);

  // One of these, once, by the handler: for what must be looked up, and for
  // what is known already.
  void Start(Miss miss);
  void Start(Answer known);

  void OnWriteDone(bool ok) override ABSL_LOCKS_EXCLUDED(mu_);
  void OnCancel() override;

 private:
  // Loop only. The last that comes ends the call.
  void OnKnown(const Answer& answer);
  void OnVerdict(absl::StatusOr<Answer> answer);
  // The last thing that the loop does with this.
  void End(const absl::Status& status) ABSL_LOCKS_EXCLUDED(mu_);
  // False when UnsentBudget has no room for the answer: the watch must end.
  bool Send(const Answer& answer) ABSL_LOCKS_EXCLUDED(mu_);

  const v1::WatchLookupRequest request_;
  const Call call_;
  Loop& loop_;
  Resolver& resolver_;
  WriteRpc& rpc_;
  const Resolver::WaiterId lookup_id_;
  const Resolver::WaiterId watch_id_;

  // Loop only.
  std::optional<Indicator> indicator_;
  std::optional<Answer> last_;  // that was sent, or is to be

  Mutex mu_;
  grpc::ByteBuffer reply_;  // of the write under way
  std::optional<grpc::ByteBuffer> next_ ABSL_GUARDED_BY(mu_);
  bool writing_ ABSL_GUARDED_BY(mu_) = false;
  std::optional<absl::Status> end_ ABSL_GUARDED_BY(mu_);  // no more comes
  UnsentBudget::Account account_ ABSL_GUARDED_BY(mu_);    // of both messages
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_LOOKUP_PENDING_WATCH_H_
