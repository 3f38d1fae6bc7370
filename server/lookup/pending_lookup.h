#ifndef VTLOOKUP_SERVER_LOOKUP_PENDING_LOOKUP_H_
#define VTLOOKUP_SERVER_LOOKUP_PENDING_LOOKUP_H_

#include "server/lookup/call_record.h"
#include "server/lookup/fast_path.h"
#include "server/misses/resolver.h"
#include "server/transport/queued_call.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup {

// A Lookup call that waits for the resolver. `rpc` owns this object.
class PendingLookup final : public Reactor {
 public:
  // Borrows the resolver and `rpc`.
  PendingLookup(Resolver& resolver, v1::View view, const CallRecord& call,
                UnaryCall& rpc);

  // Gives the lookup to the resolver. Called once, by the handler. The loop may
  // finish the call before the handler returns; the thread of the queue deletes
  // the call, and only after the handler has returned.
  void Start(Miss miss);

  void OnCancel() override { resolver_.Cancel(id_); }

 private:
  Resolver& resolver_;
  const v1::View view_;
  const CallRecord call_;
  UnaryCall& rpc_;
  const Resolver::WaiterId id_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_LOOKUP_PENDING_LOOKUP_H_
