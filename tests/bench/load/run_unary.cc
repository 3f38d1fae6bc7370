#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>

#include "tests/bench/load/run.h"

namespace vtlookup::bench {

namespace {

struct UnaryCall {
  grpc::ClientContext context;
  grpc::ByteBuffer reply;
  grpc::Status status;
  std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader;
  grpc::GenericStub* stub = nullptr;
  Moment began;
};

}  // namespace

double RunUnary(const Settings& settings, const Requests& requests,
                Tally* tally) {
  const auto stubs = Connect(settings);
  grpc::CompletionQueue queue;
  uint64_t started = 0;
  const auto start = [&](grpc::GenericStub* stub) {
    auto* const call = new UnaryCall;
    call->stub = stub;
    call->context.set_wait_for_ready(true);
    if (settings.deadline > 0) {
      call->context.set_deadline(std::chrono::system_clock::now() +
                                 std::chrono::microseconds(static_cast<int64_t>(
                                     settings.deadline * 1e6)));
    }
    call->began = std::chrono::steady_clock::now();
    call->reader = stub->PrepareUnaryCall(
        &call->context, requests.method,
        requests.all[started++ % requests.all.size()], &queue);
    call->reader->StartCall();
    call->reader->Finish(&call->reply, &call->status, call);
  };
  const RunLength length(settings);
  uint64_t open = 0;
  for (size_t i = 0; i < settings.in_flight && length.More(started);
       ++i, ++open) {
    start(stubs[i % stubs.size()].get());
  }
  void* tag = nullptr;
  bool ok = false;
  while (open > 0 && queue.Next(&tag, &ok)) {
    const std::unique_ptr<UnaryCall> call(static_cast<UnaryCall*>(tag));
    --open;
    if (call->status.ok()) {
      tally->Answered(&call->reply, call->began,
                      settings.kind == "batch" ? settings.batch : 1);
    } else {
      tally->Failed(call->status);
    }
    if (!length.More(started)) continue;
    start(call->stub);
    ++open;
  }
  return length.Seconds();
}

}  // namespace vtlookup::bench
