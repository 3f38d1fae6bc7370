#include "tests/integration/secured_fixture.h"

#include <gmock/gmock.h>

#include <fstream>
#include <vector>

#include "tests/integration/shell.h"
#include "vtlookup/connection.h"

namespace vtlookup {

std::string HashOf(const std::string& token) {
  const TempDir dir;
  Shell("printf %s '" + token + "' | sha256sum > " + (dir / "h"));
  return ReadAll(dir / "h").substr(0, 64);
}

SecuredTest::SecuredTest() {
  MakeCertificate("first");
  UseCertificate("first");
  Write(HashOf(kNode), "lookups_per_minute: 0");
}

void SecuredTest::MakeCertificate(const std::string& name) {
  Shell(
      "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "
      "/CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 "
      "-keyout " +
      (files_ / name) + ".key -out " + (files_ / name) + ".pem");
}

void SecuredTest::UseCertificate(const std::string& name) {
  Shell("cp " + (files_ / name) + ".key " + (files_ / "server.key"));
  Shell("cp " + (files_ / name) + ".pem " + (files_ / "server.pem"));
}

void SecuredTest::Write(const std::string& node_hash, const std::string& more) {
  std::ofstream(files_ / "c.yml")
      << "listen:\n  tls: {certificate_file: " << (files_ / "server.pem")
      << ", key_file: " << (files_ / "server.key") << "}\n"
      << "admin: {address: '127.0.0.1:0'}\n"
      << "log: {audit_file: " << (files_ / "audit") << ", one_call_in: 1}\n"
      << "auth:\n  clients:\n"
      << "    - {name: node, roles: [lookup], token_sha256: " << node_hash
      << ", " << more << "}\n"
      << "    - {name: boss, roles: [lookup, refresh, admin], token_sha256: "
      << HashOf(kOperator) << "}\n";
}

std::unique_ptr<Program> SecuredTest::Start() {
  auto daemon = std::make_unique<Program>(
      "vtlookupd",
      std::vector<std::string>{
          "--config", files_ / "c.yml", "--listen.address=127.0.0.1:0",
          "--http.address=127.0.0.1:0", "--gateway.address=",
          "--cache.path=" + dir_.path(), "--virustotal.base_url=" + sim_.url(),
          "--virustotal.quota.per_minute=0"},
      std::vector<std::string>{"VT_API_KEY=secured-key-11"}, files_ / "errors");
  const std::string line = daemon->ReadLine();
  EXPECT_THAT(line, testing::HasSubstr("ready on "))
      << ReadAll(files_ / "errors");
  address_ = line.substr(line.rfind(' ') + 1);
  const std::string log = ReadAll(files_ / "errors");
  const size_t at = log.find("AdminService on ") + 16;
  admin_address_ = log.substr(at, log.find('\n', at) - at);
  return daemon;
}

std::shared_ptr<grpc::Channel> SecuredTest::Channel(
    const std::string& address, const std::string& certificate) {
  return *Connect(address,
                  {.tls = true, .ca_file = files_ / (certificate + ".pem")});
}

Client SecuredTest::NewClient(const std::string& token,
                              const std::string& certificate) {
  return Client(Channel(address_, certificate),
                {.timeout = absl::Seconds(10), .token = token});
}

}  // namespace vtlookup
