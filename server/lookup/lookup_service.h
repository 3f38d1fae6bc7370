#ifndef VTLOOKUP_SERVER_LOOKUP_LOOKUP_SERVICE_H_
#define VTLOOKUP_SERVER_LOOKUP_LOOKUP_SERVICE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>

#include "core/clock.h"
#include "core/executor.h"
#include "core/loop.h"
#include "server/lookup/batch_outcomes.h"
#include "server/lookup/call_record.h"
#include "server/lookup/fast_path.h"
#include "server/lookup/open_streams.h"
#include "server/lookup/pending_batch.h"
#include "server/lookup/pending_stream.h"
#include "server/lookup/slow_lane.h"
#include "server/misses/resolver.h"
#include "server/transport/completion_loop.h"
#include "server/transport/queued_call.h"
#include "vtlookup/v1/lookup.grpc.pb.h"

namespace vtlookup {

// Serves vtlookup.v1.LookupService. The handlers run on the threads of the
// queues and never block: they answer from memory, and leave all other lookups
// to the resolver. The methods are raw (they take and return bytes), so that a
// stored verdict is sent without being parsed and serialised again; clients see
// ordinary messages.
class LookupService final
    : public v1::LookupService::WithRawMethod_Lookup<
          v1::LookupService::WithRawMethod_BatchLookup<
              v1::LookupService::WithRawMethod_StreamLookup<
                  v1::LookupService::WithRawMethod_WatchLookup<
                      v1::LookupService::WithRawMethod_SubmitUrl<
                          v1::LookupService::Service>>>>> {
 public:
  struct Options {
    size_t max_batch = 0;
    uint64_t max_reply = 0;  // bytes of all answers of a batch
    PendingStream::Limits stream = {};
  };

  // Borrows all arguments but the options. Batches and messages with many
  // internationalised names are parsed on `executor`. REQUIRES: no call is left
  // when this object is destroyed.
  LookupService(Options options, CallRecord::Shared calls, const Clock& clock,
                Loop& loop, FastPath& fast_path, Resolver& resolver,
                Executor& executor);

  // Asks gRPC for the first calls of a queue. Call it once for each queue, at
  // the start, on one thread.
  void Accept(CompletionLoop& queue);

  // Ends all streams, which otherwise last as long as their clients like.
  // Thread-safe.
  void EndStreams() { streams_.EndAll(); }

 private:
  void OnLookup(UnaryCall& rpc);
  void OnBatchLookup(UnaryCall& rpc);
  void OnSubmitUrl(UnaryCall& rpc);
  void OnStreamLookup(BidiCall& rpc);
  void OnWatchLookup(WriteCall& rpc);

  template <typename Methods>
  static void AcceptMany(Methods* methods, typename Methods::value_type method,
                         int how_many);
  using AskUnary = void (LookupService::*)(
      grpc::ServerContext*, grpc::ByteBuffer*,
      grpc::ServerAsyncResponseWriter<grpc::ByteBuffer>*,
      grpc::CompletionQueue*, grpc::ServerCompletionQueue*, void*);
  void AcceptUnary(CompletionLoop& queue, AskUnary ask,
                   void (LookupService::*handle)(UnaryCall&), int how_many);
  std::unique_ptr<PendingBatch> Settle(UnaryCall& rpc, const CallRecord& call,
                                       BatchOutcomes outcomes);
  void FinishSlowly(UnaryCall& rpc, const CallRecord& call, const Want& want,
                    BatchOutcomes outcomes, size_t tried);

  const Options options_;
  const CallRecord::Shared calls_;
  const Clock& clock_;
  Loop& loop_;
  Resolver& resolver_;
  SlowLane slow_;
  FastPath& fast_path_;
  OpenStreams streams_;
  // Written at the start only. Deques, because calls point to their elements.
  std::deque<UnaryCall::Method> unary_;
  std::deque<BidiCall::Method> streams_accepted_;
  std::deque<WriteCall::Method> watches_accepted_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_LOOKUP_LOOKUP_SERVICE_H_
