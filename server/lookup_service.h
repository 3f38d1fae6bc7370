#ifndef VTLOOKUP_SERVER_LOOKUP_SERVICE_H_
#define VTLOOKUP_SERVER_LOOKUP_SERVICE_H_

#include <cstddef>
#include <cstdint>

#include "core/clock.h"
#include "core/counter.h"
#include "core/loop.h"
#include "server/call.h"
#include "server/lookup_front.h"
#include "server/open_streams.h"
#include "server/pending_stream.h"
#include "server/privacy_gate.h"
#include "server/resolver.h"
#include "vtlookup/v1/lookup.grpc.pb.h"

namespace vtlookup {

// vtlookup.v1.LookupService. Its handlers run on gRPC's threads and never
// block: what is at hand is answered there, the rest goes to the resolver.
// They are raw, so that a stored verdict is sent as it lies in the cache;
// clients see ordinary messages.
class LookupService final
    : public v1::LookupService::WithRawCallbackMethod_Lookup<
          v1::LookupService::WithRawCallbackMethod_BatchLookup<
              v1::LookupService::WithRawCallbackMethod_StreamLookup<
                  v1::LookupService::WithRawCallbackMethod_WatchLookup<
                      v1::LookupService::WithRawCallbackMethod_SubmitUrl<
                          v1::LookupService::Service>>>>> {
 public:
  struct Options {
    bool submit_missing_urls = false;
    bool refresh_ahead = false;
    size_t max_batch = 0;
    PendingStream::Limits stream = {};
  };

  // Borrows all but the options. No call may be left when this dies.
  LookupService(Options options, Call::Shared calls, const Clock& clock,
                Loop& loop, Cache& cache, const Upstream& upstream,
                PrivacyGate& privacy, Resolver& resolver);

  grpc::ServerUnaryReactor* Lookup(grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer* request,
                                   grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* BatchLookup(grpc::CallbackServerContext* context,
                                        const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override;
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* StreamLookup(
      grpc::CallbackServerContext* context) override;
  grpc::ServerWriteReactor<grpc::ByteBuffer>* WatchLookup(
      grpc::CallbackServerContext* context,
      const grpc::ByteBuffer* request) override;
  grpc::ServerUnaryReactor* SubmitUrl(grpc::CallbackServerContext* context,
                                      const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override;

  // Has the streams end, which last as long as their clients like otherwise.
  void EndStreams() { streams_.EndAll(); }

  // Thread-safe.
  LookupFront& front() { return front_; }

  // Lookups answered at once.
  uint64_t hits() const { return hits_.value(); }

 private:
  // A call begins: who makes it is asked, and its request is read.
  template <typename Request>
  absl::Status Begin(Call& call, v1::Role role, const grpc::ByteBuffer* bytes,
                     Request* request) const;
  absl::StatusOr<Want> WantOf(const Call& call,
                              const v1::LookupOptions& options,
                              Lane usual) const;

  const Options options_;
  const Call::Shared calls_;
  const Clock& clock_;
  Loop& loop_;
  Resolver& resolver_;
  LookupFront front_;
  OpenStreams streams_;
  Counter hits_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_LOOKUP_SERVICE_H_
