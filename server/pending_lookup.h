#ifndef VTLOOKUP_SERVER_PENDING_LOOKUP_H_
#define VTLOOKUP_SERVER_PENDING_LOOKUP_H_

#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"
#include "server/call.h"
#include "server/lookup_front.h"
#include "server/resolver.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup {

// A Lookup call that waits for the resolver. gRPC owns it, from when the
// handler returns it until OnDone.
class PendingLookup final : public grpc::ServerUnaryReactor {
 public:
  // Borrows the resolver; `response` lives until OnDone.
  PendingLookup(Resolver& resolver, v1::View view, const Call& call,
                grpc::ByteBuffer* response);

  // Once, by the handler, before it returns this to gRPC. The loop may finish
  // the call meanwhile; gRPC keeps that back until the handler has returned.
  void Start(LookupFront::Miss miss);

  // The client has left, its deadline has passed, or the server is closing.
  void OnCancel() override { resolver_.Cancel(id_); }
  void OnDone() override { delete this; }

 private:
  Resolver& resolver_;
  const v1::View view_;
  const Call call_;
  grpc::ByteBuffer* const response_;
  const Resolver::WaiterId id_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_PENDING_LOOKUP_H_
