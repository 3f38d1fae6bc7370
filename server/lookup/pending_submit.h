#ifndef VTLOOKUP_SERVER_LOOKUP_PENDING_SUBMIT_H_
#define VTLOOKUP_SERVER_LOOKUP_PENDING_SUBMIT_H_

#include "core/indicator.h"
#include "server/lookup/call_record.h"
#include "server/misses/resolver.h"
#include "server/transport/queued_call.h"
#include "server/verdicts/answer.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup {

// A SubmitUrl call that waits for the resolver. `rpc` owns this object.
class PendingSubmit final : public Reactor {
 public:
  // Borrows the resolver and `rpc`.
  PendingSubmit(Resolver& resolver, const CallRecord& call, UnaryCall& rpc);

  // Gives the URL to the resolver. Called once, by the handler.
  void Start(Indicator indicator);

  void OnCancel() override { resolver_.Cancel(id_); }

 private:
  Resolver& resolver_;
  const CallRecord call_;
  UnaryCall& rpc_;
  const Resolver::WaiterId id_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_LOOKUP_PENDING_SUBMIT_H_
