#ifndef VTLOOKUP_SERVER_LOOKUP_PENDING_BATCH_H_
#define VTLOOKUP_SERVER_LOOKUP_PENDING_BATCH_H_

#include <cstddef>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/loop.h"
#include "server/lookup/batch_outcomes.h"
#include "server/lookup/call.h"
#include "server/misses/resolver.h"
#include "server/transport/rpc.h"

namespace vtlookup {

// A BatchLookup call of which some items wait for the resolver. The call owns
// it. Its state belongs to the loop from Start on.
class PendingBatch final : public Reactor {
 public:
  // Borrows loop and resolver, and the call that keeps it. At least one of
  // `outcomes` is a Miss.
  PendingBatch(Loop& loop, Resolver& resolver, const Call& call,
               BatchOutcomes outcomes, UnaryRpc& rpc);

  // Once, by the handler. Items that have no answer after `patience` get the
  // status DEADLINE_EXCEEDED.
  void Start(absl::Duration patience);

  void OnCancel() override { CancelAll(); }

 private:
  // Has every item that still waits finish. Any thread.
  void CancelAll();
  void OnItem(size_t index, absl::StatusOr<Answer> answer);

  Loop& loop_;
  Resolver& resolver_;
  const Call call_;
  UnaryRpc& rpc_;
  const size_t misses_;
  const Resolver::WaiterId first_id_;  // of `misses_` ids

  // Loop only, once started.
  BatchOutcomes outcomes_;
  size_t waiting_;
  bool out_of_time_ = false;
  std::optional<Loop::TimerId> timer_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_LOOKUP_PENDING_BATCH_H_
