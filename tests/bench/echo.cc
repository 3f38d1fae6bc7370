// bench_echo measures the cost of gRPC itself: it looks nothing up, and answers
// every request with SIZE bytes.
//
//   bench_echo typed ADDRESS SIZE     the callback API with ordinary messages
//   bench_echo raw ADDRESS SIZE       the callback API with bytes
//   bench_echo queue ADDRESS SIZE     a completion queue and one thread, bytes

#include <grpcpp/grpcpp.h>

#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "echo.grpc.pb.h"

namespace vtlookup::bench {
namespace {

using google::protobuf::BytesValue;

grpc::ServerUnaryReactor* FinishOk(grpc::CallbackServerContext* context) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

class TypedEcho final : public Echo::CallbackService {
 public:
  explicit TypedEcho(size_t size) : bytes_(size, 'x') {}

  grpc::ServerUnaryReactor* Lookup(grpc::CallbackServerContext* context,
                                   const BytesValue* /*request*/,
                                   BytesValue* response) override {
    response->set_value(bytes_);
    return FinishOk(context);
  }

 private:
  const std::string bytes_;
};

// Returns a serialised BytesValue of `size` bytes, which all replies share.
grpc::ByteBuffer Reply(size_t size) {
  BytesValue message;
  message.set_value(std::string(size, 'x'));
  const grpc::Slice slice(message.SerializeAsString());
  return {&slice, 1};
}

class RawEcho final : public Echo::WithRawCallbackMethod_Lookup<Echo::Service> {
 public:
  explicit RawEcho(size_t size) : reply_(Reply(size)) {}

  grpc::ServerUnaryReactor* Lookup(grpc::CallbackServerContext* context,
                                   const grpc::ByteBuffer* /*request*/,
                                   grpc::ByteBuffer* response) override {
    *response = reply_;
    return FinishOk(context);
  }

 private:
  const grpc::ByteBuffer reply_;
};

using QueuedEcho = Echo::WithRawMethod_Lookup<Echo::Service>;

// A call at a completion queue. When it has arrived, gRPC is asked for the
// next.
struct QueuedCall {
  explicit QueuedCall(QueuedEcho& service, grpc::ServerCompletionQueue& queue)
      : responder(&context) {
    service.RequestLookup(&context, &request, &responder, &queue, &queue, this);
  }

  grpc::ServerContext context;
  grpc::ByteBuffer request;
  grpc::ServerAsyncResponseWriter<grpc::ByteBuffer> responder;
  bool answered = false;
};

void ServeQueue(QueuedEcho& service, grpc::ServerCompletionQueue& queue,
                size_t size) {
  constexpr int kAtOnce = 256;
  const grpc::ByteBuffer reply = Reply(size);
  for (int i = 0; i < kAtOnce; ++i) new QueuedCall(service, queue);
  void* tag = nullptr;
  bool ok = false;
  while (queue.Next(&tag, &ok)) {
    std::unique_ptr<QueuedCall> call(static_cast<QueuedCall*>(tag));
    if (call->answered || !ok) continue;
    new QueuedCall(service, queue);
    call->answered = true;
    call->responder.Finish(reply, grpc::Status::OK, call.get());
    (void)call.release();  // gRPC holds the call until it is answered
  }
}

int Serve(const std::string& how, const std::string& address, size_t size) {
  TypedEcho typed(size);
  RawEcho raw(size);
  QueuedEcho queued;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address, grpc::InsecureServerCredentials());
  std::unique_ptr<grpc::ServerCompletionQueue> queue;
  if (how == "queue") queue = builder.AddCompletionQueue();
  builder.RegisterService(how == "typed" ? static_cast<grpc::Service*>(&typed)
                          : how == "raw" ? static_cast<grpc::Service*>(&raw)
                                         : &queued);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  std::cout << "ready" << std::endl;
  if (queue != nullptr) {
    ServeQueue(queued, *queue, size);
  } else {
    server->Wait();
  }
  return 0;
}

int Main(const std::vector<std::string>& arguments) {
  size_t size = 0;
  if (arguments.size() == 3 && absl::SimpleAtoi(arguments[2], &size)) {
    return Serve(arguments[0], arguments[1], size);
  }
  std::cerr << "bench_echo typed|raw|queue ADDRESS SIZE\n";
  return 2;
}

}  // namespace
}  // namespace vtlookup::bench

int main(int argc, char** argv) {
  return vtlookup::bench::Main({argv + 1, argv + argc});
}
