// Tests the lifetimes of entries. The whole daemon runs in this process, so
// that the test can move its clock.

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "server/config/load.h"
#include "server/daemon.h"
#include "tests/fakes/fake_clock.h"
#include "tests/integration/programs.h"
#include "vtlookup/connection.h"

namespace vtlookup {
namespace {

// One indicator for each response code.
const std::map<int, std::string> kUrls = {{1, "http://clean.example.com/"},
                                          {0, "http://missing.example.com/"},
                                          {-2, "http://queued.example.com/"},
                                          {-1, "http://odd.example.com/"}};

class LifetimesTest : public testing::Test {
 protected:
  LifetimesTest() {
    const auto config =
        LoadConfig(std::nullopt, {{"listen.address", "127.0.0.1:0"},
                                  {"cache.path", dir_.path()},
                                  {"virustotal.base_url", sim_.url()},
                                  {"virustotal.submit_missing_urls", "false"},
                                  {"virustotal.quota.per_minute", "0"},
                                  {"limits.max_polls", "0"}});
    EXPECT_TRUE(config.ok()) << config.status();
    auto daemon = Daemon::Start({*config, {"key"}}, clock_);
    EXPECT_TRUE(daemon.ok()) << daemon.status();
    daemon_ = *std::move(daemon);
  }

  // Looks up all of them. Returns those for which VirusTotal was asked.
  std::map<int, bool> AskAll() {
    std::map<int, bool> asked;
    const Client client(Connect(daemon_->address()));
    for (const auto& [code, url] : kUrls) {
      const int before = sim_.CountOf(url);
      const auto answer = client.Lookup(UrlIndicator(url));
      EXPECT_TRUE(answer.ok()) << answer.status();
      if (answer.ok()) {
        EXPECT_EQ(answer->verdict().response_code(), code);
      }
      asked[code] = sim_.CountOf(url) > before;
    }
    return asked;
  }

  TempDir dir_;
  FakeClock clock_;
  SimProgram sim_{{"--fault", "odd=error:400:InvalidArgumentError"}};
  std::unique_ptr<Daemon> daemon_;
};

using Asked = std::map<int, bool>;

TEST_F(LifetimesTest, ExactlyTheExpiredAreAskedAgain) {
  EXPECT_EQ(AskAll(), (Asked{{1, true}, {0, true}, {-1, true}, {-2, true}}));
  EXPECT_EQ(AskAll(),
            (Asked{{1, false}, {0, false}, {-1, false}, {-2, false}}));
  clock_.Advance(absl::Seconds(70));  // a queued one is fresh for 54 to 66 s
  EXPECT_EQ(AskAll(), (Asked{{1, false}, {0, false}, {-1, false}, {-2, true}}));
  clock_.Advance(absl::Minutes(70));
  EXPECT_EQ(AskAll(), (Asked{{1, false}, {0, true}, {-1, false}, {-2, true}}));
  clock_.Advance(absl::Hours(27));
  EXPECT_EQ(AskAll(), (Asked{{1, true}, {0, true}, {-1, true}, {-2, true}}));
}

}  // namespace
}  // namespace vtlookup
