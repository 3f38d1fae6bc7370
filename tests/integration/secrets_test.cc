// Tests that API keys, tokens and the queries of URLs are written nowhere.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <csignal>
#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "tests/integration/admin_fixture.h"
#include "tests/integration/programs.h"
#include "tests/integration/secured_fixture.h"
#include "tests/integration/shell.h"

namespace vtlookup {
namespace {

using testing::HasSubstr;
using testing::Not;

// Collects everything that the daemon shows, after good and bad requests.
TEST_F(SecuredTest, SecretsAreWrittenNowhere) {
  const auto daemon = Start();
  std::string all;
  const auto add_error = [&all](const absl::Status& status) {
    EXPECT_FALSE(status.ok());
    all += status.ToString();
  };
  ASSERT_TRUE(NewClient(kNode).Lookup(DomainIndicator("a.com")).ok());
  add_error(NewClient("guess").Lookup(DomainIndicator("a.com")).status());
  add_error(NewClient(kNode).SubmitUrl("http://a.com/").status());
  const v1::Indicator url =
      UrlIndicator("http://a.example.com/x?session=querysecret");
  ASSERT_TRUE(NewClient(kNode).Lookup(url).ok());
  Admin admin(Channel(admin_address_, "first"), kOperator);
  all += admin.Ask(&v1::AdminService::Stub::GetStatus, v1::GetStatusRequest())
             .ShortDebugString();
  v1::InvalidateEntriesRequest purge;
  *purge.mutable_filter()->add_indicators() = url;
  EXPECT_EQ(admin.Invalidate(purge).invalidated(), 1);
  const std::string log = ReadAll(files_ / "errors");
  const size_t at = log.find("http://");
  httplib::Client http(log.substr(at, log.find('\n', at) - 1 - at));
  for (const char* page :
       {"/", "/page.js", "/page.css", "/metrics", "/readyz", "/status.json",
        "/cached.json?kind=domain&value=a.com"}) {
    const auto answer = http.Get(page);
    ASSERT_TRUE(answer) << page;
    EXPECT_EQ(answer->status, 200) << page;
    all += answer->body;
  }
  all += ReadAll("/proc/" + std::to_string(daemon->pid()) + "/cmdline");
  Program print("vtlookupd", {"--config", files_ / "c.yml", "--print-config"},
                {"VT_API_KEY=secured-key-11"});
  all += print.ReadAll();
  daemon->Signal(SIGTERM);
  EXPECT_EQ(daemon->Wait(), 0);
  all += ReadAll(files_ / "errors");
  // The output has the host name of a URL, but not its path and query.
  const std::string audit = ReadAll(files_ / "audit");
  EXPECT_THAT(audit, HasSubstr("http://a.example.com/..."));
  EXPECT_THAT(all + audit, Not(HasSubstr("querysecret")));
  all += audit;
  for (const auto& file :
       std::filesystem::recursive_directory_iterator(dir_.path())) {
    if (file.is_regular_file()) all += ReadAll(file.path());
  }
  EXPECT_GT(all.size(), 10'000);
  for (const std::string& secret :
       {std::string(kNode), std::string(kOperator), std::string("guess"),
        std::string("secured-key-11"), HashOf(kNode)}) {
    EXPECT_EQ(all.find(secret), std::string::npos) << secret;
  }
}

TEST(Daemon, TheKeyTravelsInTheBodyAndIsWrittenNowhere) {
  const TempDir dir;
  const SimProgram sim({"--fault", "broken.example.com=status:500", "--fault",
                        "reset.example.com=reset"});
  DaemonProgram daemon(sim, dir.path(), {"--log.level=debug"});
  const Client client = daemon.NewClient();
  std::string seen;
  for (const char* name :
       {"clean.example.com", "broken.example.com", "reset.example.com"}) {
    const auto answer = client.Lookup(DomainIndicator(name));
    seen += answer.ok() ? answer->DebugString()
                        : std::string(answer.status().message());
    const auto url = client.Lookup(UrlIndicator("http://" + std::string(name)));
    seen += url.ok() ? url->DebugString() : std::string(url.status().message());
  }
  daemon.program().Signal(SIGTERM);
  EXPECT_EQ(daemon.program().Wait(), 0);
  seen += daemon.Errors() + daemon.program().ReadAll();
  EXPECT_THAT(seen, Not(HasSubstr(DaemonProgram::kApiKey)));
  for (const auto& request : sim.Requests()) {
    const bool get_only = request["path"] == "/vtapi/v2/domain/report";
    EXPECT_EQ(request["key_in_query"], get_only) << request;
  }
}

}  // namespace
}  // namespace vtlookup
