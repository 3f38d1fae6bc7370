#include "server/transport/intake_interceptor.h"

#include "google/protobuf/message_lite.h"
#include "grpcpp/support/interceptor.h"

namespace vtlookup {
namespace {

using grpc::experimental::InterceptionHookPoints;

class OfCall final : public grpc::experimental::Interceptor {
 public:
  OfCall(const grpc::ServerContextBase& context, Intake& intake)
      : context_(context), intake_(intake) {}

  void Intercept(
      grpc::experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(
            InterceptionHookPoints::POST_RECV_MESSAGE)) {
      CountMessage(methods->GetRecvMessage());
    }
    if (methods->QueryInterceptionHookPoint(
            InterceptionHookPoints::PRE_SEND_STATUS) &&
        methods->GetSendStatus().error_code() !=
            grpc::StatusCode::UNAUTHENTICATED) {
      intake_.Call(context_, 0);
    }
    methods->Proceed();
  }

 private:
  // All services here use protobuf messages. Null means that the client has no
  // more.
  void CountMessage(const void* message) {
    if (message == nullptr) return;
    intake_.Message(context_,
                    static_cast<const google::protobuf::MessageLite*>(message)
                        ->ByteSizeLong());
  }

  const grpc::ServerContextBase& context_;
  Intake& intake_;
};

}  // namespace

grpc::experimental::Interceptor* IntakeInterceptors::CreateServerInterceptor(
    grpc::experimental::ServerRpcInfo* info) {
  return new OfCall(*info->server_context(), intake_);  // gRPC deletes it
}

}  // namespace vtlookup
