#ifndef VTLOOKUP_SERVER_CLIENTS_CALL_ORIGIN_H_
#define VTLOOKUP_SERVER_CLIENTS_CALL_ORIGIN_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "grpcpp/server_context.h"

namespace vtlookup {

// Who makes a request of the gateway, as the request itself says.
struct HttpOrigin {
  std::string peer;   // in gRPC's form: "ipv4:10.1.2.3:4567"
  std::string token;  // empty: none
  // The names in the client's certificate, which was verified.
  std::vector<std::string> certificate_names;
  absl::Time deadline = absl::InfiniteFuture();
  std::string traceparent;  // the header, as it came
};

// Where a call comes from: gRPC, or the gateway. Knows who calls, until when,
// and as a part of which trace. Cheap to copy; borrows the object it was made
// of, which must outlive the copies. Thread-safe.
class CallOrigin {
 public:
  explicit CallOrigin(const grpc::ServerContextBase& grpc) : grpc_(&grpc) {}
  explicit CallOrigin(const HttpOrigin& http) : http_(&http) {}

  // The address of the client in gRPC's form.
  std::string peer() const;

  // The token of the client; empty when it has none. Points into the origin.
  std::string_view token() const;

  // Whether the client has shown a certificate with this common name, DNS name
  // or URI.
  bool HasCertificateNamed(const std::string& name) const;

  // See TimeLeft and TraceOf in call_context.h.
  absl::Duration time_left() const;
  std::string trace() const;

 private:
  // One of the two is not null.
  const grpc::ServerContextBase* grpc_ = nullptr;
  const HttpOrigin* http_ = nullptr;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_CLIENTS_CALL_ORIGIN_H_
