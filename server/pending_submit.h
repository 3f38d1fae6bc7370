#ifndef VTLOOKUP_SERVER_PENDING_SUBMIT_H_
#define VTLOOKUP_SERVER_PENDING_SUBMIT_H_

#include "core/indicator.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/server_callback.h"
#include "server/answer.h"
#include "server/call.h"
#include "server/resolver.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup {

// A SubmitUrl call that waits for the resolver. gRPC owns it, from when the
// handler returns it until OnDone.
class PendingSubmit final : public grpc::ServerUnaryReactor {
 public:
  // Borrows the resolver; `context` and `response` live until OnDone.
  PendingSubmit(Resolver& resolver, const Call& call,
                grpc::ByteBuffer* response);

  // Once, by the handler, before it returns this to gRPC.
  void Start(Indicator indicator, Want want);

  void OnCancel() override { resolver_.Cancel(id_); }
  void OnDone() override { delete this; }

 private:
  Resolver& resolver_;
  const Call call_;
  grpc::ByteBuffer* const response_;
  const Resolver::WaiterId id_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_PENDING_SUBMIT_H_
