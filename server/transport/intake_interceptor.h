#ifndef VTLOOKUP_SERVER_TRANSPORT_INTAKE_INTERCEPTOR_H_
#define VTLOOKUP_SERVER_TRANSPORT_INTAKE_INTERCEPTOR_H_

#include "grpcpp/support/server_interceptor.h"
#include "server/transport/intake.h"

namespace vtlookup {

// Has the calls of services that block counted in an Intake, as Rpc does for
// those of LookupService. Calls that end with UNAUTHENTICATED do not count.
class IntakeInterceptors final
    : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  // Borrows `intake`, which outlives the server.
  explicit IntakeInterceptors(Intake& intake) : intake_(intake) {}

  grpc::experimental::Interceptor* CreateServerInterceptor(
      grpc::experimental::ServerRpcInfo* info) override;

 private:
  Intake& intake_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_TRANSPORT_INTAKE_INTERCEPTOR_H_
