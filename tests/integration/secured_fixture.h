#ifndef VTLOOKUP_TESTS_INTEGRATION_SECURED_FIXTURE_H_
#define VTLOOKUP_TESTS_INTEGRATION_SECURED_FIXTURE_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "tests/fakes/temp_dir.h"
#include "tests/integration/admin_fixture.h"
#include "tests/integration/programs.h"
#include "vtlookup/client.h"

namespace vtlookup {

// The tokens of the clients "node" and "boss" of the configuration.
inline constexpr char kNode[] = "node-token-5d1c";
inline constexpr char kOperator[] = "operator-token-77aa";

// A token's SHA-256, as the configuration has it.
std::string HashOf(const std::string& token);

// A daemon with TLS, which asks for tokens.
class SecuredTest : public AdminTest {
 protected:
  SecuredTest();

  // Makes a certificate that is its own authority. Nothing else tells two of
  // them apart.
  void MakeCertificate(const std::string& name);
  // Makes it the daemon's, from its next start or reload on.
  void UseCertificate(const std::string& name);

  // Writes the configuration; `more` are other keys of the client "node".
  void Write(const std::string& node_hash, const std::string& more);

  // Starts the daemon, and learns its addresses.
  std::unique_ptr<Program> Start();

  // `certificate`: by whose authority the daemon's must be.
  std::shared_ptr<grpc::Channel> Channel(const std::string& address,
                                         const std::string& certificate);
  Client NewClient(const std::string& token,
                   const std::string& certificate = "first");

  TempDir files_;
  std::string address_;
  std::string admin_address_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_INTEGRATION_SECURED_FIXTURE_H_
