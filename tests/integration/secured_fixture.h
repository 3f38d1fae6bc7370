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

// Returns the SHA-256 of a token, in the form of the configuration.
std::string HashOf(const std::string& token);

// A daemon that uses TLS and asks for tokens.
class SecuredTest : public AdminTest {
 protected:
  SecuredTest();

  // Makes a certificate that is its own authority. Two certificates differ in
  // nothing else, so a client can tell by the authority which one it meets.
  void MakeCertificate(const std::string& name);
  // Makes this the certificate of the daemon, from its next start or reload on.
  void UseCertificate(const std::string& name);

  // Writes the configuration. `more`: further keys of the client "node".
  void Write(const std::string& node_hash, const std::string& more);

  // Starts the daemon, and reads its addresses.
  std::unique_ptr<Program> Start();

  // Returns a channel. `certificate`: the authority that the channel trusts.
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
