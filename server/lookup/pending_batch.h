#ifndef VTLOOKUP_SERVER_LOOKUP_PENDING_BATCH_H_
#define VTLOOKUP_SERVER_LOOKUP_PENDING_BATCH_H_

#include <cstddef>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/loop.h"
#include "server/lookup/batch_outcomes.h"
#include "server/lookup/call_record.h"
#include "server/misses/resolver.h"
#include "server/transport/queued_call.h"

namespace vtlookup {

// A BatchLookup call some of whose items wait for the resolver. `rpc` or a
// SlowBatch owns this object. From Start on its state belongs to the loop.
class PendingBatch final : public Reactor {
 public:
  // Borrows the loop, the resolver and `rpc`. REQUIRES: at least one of
  // `outcomes` is a Miss.
  PendingBatch(Loop& loop, Resolver& resolver, const CallRecord& call,
               BatchOutcomes outcomes, UnaryCall& rpc);

  // Gives the misses to the resolver. Items that have no answer after
  // `patience` get the status DEADLINE_EXCEEDED. Call it once, on the thread of
  // the handler or of the SlowBatch.
  void Start(absl::Duration patience);

  void OnCancel() override { CancelAll(); }

 private:
  // Cancels every item that still waits. Any thread.
  void CancelAll();
  void OnItem(size_t index, absl::StatusOr<Answer> answer);

  Loop& loop_;
  Resolver& resolver_;
  const CallRecord call_;
  UnaryCall& rpc_;
  const size_t misses_;
  const Resolver::WaiterId first_id_;  // the first of `misses_` ids

  // Loop only, from Start on.
  BatchOutcomes outcomes_;
  size_t waiting_;
  bool out_of_time_ = false;
  std::optional<Loop::TimerId> timer_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_LOOKUP_PENDING_BATCH_H_
