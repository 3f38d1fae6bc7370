#ifndef VTLOOKUP_SERVER_TRANSPORT_TLS_H_
#define VTLOOKUP_SERVER_TRANSPORT_TLS_H_

#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "core/mutex.h"
#include "grpcpp/security/server_credentials.h"
#include "vtlookup/v1/config.pb.h"

namespace vtlookup {

// The certificate of a server and the authorities that it trusts. Both can be
// replaced while the server runs: connections that are made afterwards use the
// new ones. Thread-safe.
class Tls {
 public:
  // Reads the files. FailedPrecondition when one cannot be read, or the key is
  // not the certificate's.
  static absl::StatusOr<std::unique_ptr<Tls>> Load(const v1::TlsConfig& config);

  // Reads the files again. Errors are those of Load; the old files then stay in
  // use.
  absl::Status Reload(const v1::TlsConfig& config) ABSL_LOCKS_EXCLUDED(mu_);

  // Returns credentials for a server. They must live as long as that server,
  // and this object as long as both.
  std::shared_ptr<grpc::ServerCredentials> Credentials();

  struct Files {
    std::string certificate;
    std::string key;
    std::string client_ca;  // empty: clients need no certificate
  };
  // The files in use. `version` is incremented by each reload.
  struct Current {
    Files files;
    int version = 0;
  };
  Current current() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  explicit Tls(Files files) : current_{std::move(files), 1} {}

  mutable Mutex mu_;
  Current current_ ABSL_GUARDED_BY(mu_);
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_TRANSPORT_TLS_H_
