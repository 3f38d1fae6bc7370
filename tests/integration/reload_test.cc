// Tests a configuration, a certificate or a key that changes while the daemon
// runs.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <string>

#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/integration/admin_fixture.h"
#include "tests/integration/eventually.h"
#include "tests/integration/programs.h"
#include "tests/integration/secured_fixture.h"
#include "tests/integration/shell.h"

namespace vtlookup {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST_F(SecuredTest, CertificateAndTokenAreExchangedWhileItRuns) {
  const auto daemon = Start();
  const v1::Indicator domain = DomainIndicator("a.example.com");
  const Client before = NewClient(kNode);
  ASSERT_TRUE(before.Lookup(domain).ok());
  MakeCertificate("second");
  UseCertificate("second");
  Write(HashOf("another-token"), "lookups_per_minute: 0");
  Admin admin(Channel(admin_address_, "first"), kOperator);
  const auto reloaded = admin.Ask(&v1::AdminService::Stub::ReloadConfig,
                                  v1::ReloadConfigRequest());
  EXPECT_THAT(reloaded.changed(), ElementsAre("auth.clients", "listen.tls"));
  EXPECT_TRUE(absl::IsUnauthenticated(before.Lookup(domain).status()));
  EXPECT_TRUE(NewClient("another-token", "second").Lookup(domain).ok());
  EXPECT_TRUE(absl::IsUnavailable(
      NewClient("another-token", "first").Lookup(domain).status()));

  // After a signal, a bad file changes nothing, and the log says so.
  const std::string key(64, 'f');
  std::ofstream(files_ / "c.yml", std::ios::app) << "nonsense: 1\n"
                                                 << key << ": 1\n";
  daemon->Signal(SIGHUP);
  Admin again(Channel(admin_address_, "second"), kOperator);
  std::string error;
  Eventually([&] {
    error =
        again.Ask(&v1::AdminService::Stub::GetStatus, v1::GetStatusRequest())
            .config_error();
    return !error.empty();
  });
  EXPECT_THAT(error, HasSubstr("nonsense: unknown key"));
  EXPECT_THAT(error, Not(HasSubstr("ffffffff")));
  EXPECT_TRUE(NewClient("another-token", "second").Lookup(domain).ok());
}

// The values of the new file that take effect at once may contradict the values
// of the old file that stay until a restart.
TEST_F(SecuredTest, AReloadNeverOpensWhatTheOldFileHadClosed) {
  Write(HashOf(kNode), "lookups_per_minute: 0");
  Program daemon(
      "vtlookupd",
      {"--config", files_ / "c.yml", "--listen.address=0.0.0.0:0",
       "--http.address=", "--gateway.address=", "--cache.path=" + dir_.path(),
       "--virustotal.base_url=" + sim_.url()},
      {"VT_API_KEY=k"}, files_ / "errors");
  const std::string line = daemon.ReadLine();
  const std::string port = line.substr(line.rfind(':'));
  std::ofstream(files_ / "c.yml")
      << "listen:\n  tls: {certificate_file: " << (files_ / "server.pem")
      << ", key_file: " << (files_ / "server.key") << "}\n"
      << "  insecure: true\n";
  daemon.Signal(SIGHUP);
  Eventually([&] {
    return absl::StrContains(ReadAll(files_ / "errors"), "was not reloaded");
  });
  EXPECT_THAT(ReadAll(files_ / "errors"),
              HasSubstr("listen.address: an address beyond"));
  address_ = "127.0.0.1" + port;
  EXPECT_TRUE(absl::IsUnauthenticated(
      NewClient("").Lookup(DomainIndicator("a.com")).status()));
}

TEST_F(AdminTest, AReloadWithOtherKeysLeavesThemForTheNextStart) {
  std::ofstream(dir_ / "c.yml")
      << "virustotal:\n  keys: [{name: a, key: x}, {name: b, key: y}]\n";
  DaemonProgram daemon(sim_, dir_ / "cache",
                       {"--config=" + (dir_ / "c.yml"),
                        "--admin.address=unix:" + (dir_ / "admin.sock")});
  std::ofstream(dir_ / "c.yml") << "cache: {ttl: {missing: 7m}}\n"
                                   "virustotal:\n  keys: [{name: b, key: y}]\n";
  Admin admin(Socket());
  const auto reloaded = admin.Ask(&v1::AdminService::Stub::ReloadConfig,
                                  v1::ReloadConfigRequest());
  EXPECT_THAT(reloaded.changed(), ElementsAre("cache.ttl.missing"));
  EXPECT_THAT(reloaded.restart_needed(), ElementsAre("virustotal.keys"));
  ASSERT_TRUE(daemon.NewClient().Lookup(DomainIndicator("a.com")).ok());
  const auto quota =
      admin.Ask(&v1::AdminService::Stub::GetQuota, v1::GetQuotaRequest());
  ASSERT_EQ(quota.keys_size(), 2);
  EXPECT_EQ(quota.keys(0).windows(1).used(), 1);
}

TEST_F(SecuredTest, AKeyThatIsNotTheCertificatesChangesNothing) {
  const auto daemon = Start();
  MakeCertificate("second");
  Shell("cp " + (files_ / "second.key") + " " + (files_ / "server.key"));
  Admin admin(Channel(admin_address_, "first"), kOperator);
  admin.Ask(&v1::AdminService::Stub::ReloadConfig, v1::ReloadConfigRequest(),
            grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_THAT(admin.last().error_message(),
              HasSubstr("the key does not belong to the certificate"));
  EXPECT_TRUE(NewClient(kNode).Lookup(DomainIndicator("a.com")).ok());
}

}  // namespace
}  // namespace vtlookup
