#ifndef VTLOOKUP_SERVER_TRANSPORT_INTAKE_INTERCEPTOR_H_
#define VTLOOKUP_SERVER_TRANSPORT_INTAKE_INTERCEPTOR_H_

#include "grpcpp/support/server_interceptor.h"
#include "server/transport/intake.h"

namespace vtlookup {

// Makes an Intake count the calls of blocking services, as QueuedCall does for
// the calls of LookupService. Calls that end with UNAUTHENTICATED do not count.
// Thread-safe.
class IntakeInterceptors final
    : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  // Borrows `intake`, which must outlive the server.
  explicit IntakeInterceptors(Intake& intake) : intake_(intake) {}

  grpc::experimental::Interceptor* CreateServerInterceptor(
      grpc::experimental::ServerRpcInfo* info) override;

 private:
  Intake& intake_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_TRANSPORT_INTAKE_INTERCEPTOR_H_
