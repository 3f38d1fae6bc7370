#ifndef VTLOOKUP_SERVER_PENDING_BATCH_H_
#define VTLOOKUP_SERVER_PENDING_BATCH_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/loop.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"
#include "server/call.h"
#include "server/lookup_front.h"
#include "server/resolver.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup {

// A BatchLookup call of which some items wait for the resolver. gRPC owns it,
// from when the handler returns it until OnDone. Its state belongs to the loop
// from Start on.
class PendingBatch final : public grpc::ServerUnaryReactor {
 public:
  using Outcomes = std::vector<LookupFront::Outcome>;

  // Borrows loop and resolver; `response` lives until OnDone. At least one of
  // `outcomes` is a Miss.
  PendingBatch(Loop& loop, Resolver& resolver, v1::View view, const Call& call,
               Outcomes outcomes, grpc::ByteBuffer* response);

  // Once, by the handler, before it returns this to gRPC. Items that have no
  // answer after `patience` get the status DEADLINE_EXCEEDED.
  void Start(absl::Duration patience);

  void OnCancel() override { CancelAll(); }
  void OnDone() override { delete this; }

 private:
  // Has every item that still waits finish. Any thread.
  void CancelAll();
  void OnItem(size_t index, absl::StatusOr<Answer> answer);

  Loop& loop_;
  Resolver& resolver_;
  const v1::View view_;
  const Call call_;
  grpc::ByteBuffer* const response_;
  const size_t misses_;
  const Resolver::WaiterId first_id_;  // of `misses_` ids

  // Loop only, once started.
  Outcomes outcomes_;
  size_t waiting_;
  bool out_of_time_ = false;
  std::optional<Loop::TimerId> timer_;
};

// The whole BatchLookupResponse; no outcome is a Miss any more.
grpc::ByteBuffer MakeBatchReply(const PendingBatch::Outcomes& outcomes,
                                v1::View view);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_PENDING_BATCH_H_
