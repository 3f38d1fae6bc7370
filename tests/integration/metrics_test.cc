#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <map>
#include <optional>
#include <random>
#include <regex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_split.h"
#include "core/clock.h"
#include "tests/integration/eventually.h"
#include "tests/integration/programs.h"
#include "tests/sanitizers.h"

namespace vtlookup {
namespace {

using testing::HasSubstr;
using testing::Not;

// Returns the values by name and labels. Fails on a line that does not have the
// text format.
std::map<std::string, double> Scrape(const std::string& address) {
  httplib::Client client("http://" + address);
  const auto answer = client.Get("/metrics");
  if (!answer) {
    ADD_FAILURE() << address << " does not answer";
    return {};
  }
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->get_header_value("Content-Type"),
            "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_THAT(answer->body, Not(HasSubstr(DaemonProgram::kApiKey)));
  static const std::regex kSample(
      R"re(([a-z_]+(?:\{[a-z_]+="[^"\\]*"(?:,[a-z_]+="[^"\\]*")*\})?) (\S+))re");
  std::map<std::string, double> samples;
  const std::vector<std::string> lines = absl::StrSplit(answer->body, '\n');
  for (const std::string& line : lines) {
    if (line.empty() || line[0] == '#') continue;
    std::smatch parts;
    EXPECT_TRUE(std::regex_match(line, parts, kSample)) << line;
    if (parts.size() == 3) samples[parts[1]] = std::stod(parts[2]);
  }
  return samples;
}

// The names on which dashboards rely.
TEST(Metrics, HaveAllNamesOfTheContract) {
  const TempDir dir;
  const SimProgram sim({"--fault", "*=present"});
  DaemonProgram daemon(sim, dir.path(), {"--virustotal.quota.per_day=500"});
  const Client client = daemon.NewClient();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.Lookup(DomainIndicator("a.com")).ok());
  }
  v1::LookupOptions cached;
  cached.set_cache_mode(v1::CACHE_MODE_ONLY);
  EXPECT_FALSE(client.Lookup(DomainIndicator("b.com"), cached).ok());
  const auto samples = Scrape(daemon.HttpAddress());
  const std::map<std::string, double> expected = {
      {R"(vtlookup_lookups_total{kind="domain",response_code="1",source="virustotal"})",
       1},
      {R"(vtlookup_lookups_total{kind="domain",response_code="1",source="memory"})",
       2},
      {"vtlookup_lookup_seconds_count", 3},
      {R"(vtlookup_lookup_seconds_bucket{le="+Inf"})", 3},
      {R"(vtlookup_rpc_total{method="Lookup",code="OK"})", 3},
      {R"(vtlookup_rpc_total{method="Lookup",code="NOT_FOUND"})", 1},
      {R"(vtlookup_refused_total{reason="NOT_CACHED"})", 1},
      {"vtlookup_coalesced_total", 0},
      {"vtlookup_stale_served_total", 0},
      {R"(vtlookup_virustotal_requests_total{endpoint="domains",status="200"})",
       1},
      {"vtlookup_virustotal_request_seconds_count", 1},
      {"vtlookup_virustotal_inflight", 0},
      {R"(vtlookup_cache_entries{tier="memory"})", 1},
      {R"(vtlookup_cache_evictions_total{tier="memory"})", 0},
      {R"(vtlookup_quota_used{key="default",window="day"})", 1},
      {R"(vtlookup_quota_limit{key="default",window="day"})", 500}};
  for (const auto& [name, value] : expected) {
    const auto found = samples.find(name);
    ASSERT_NE(found, samples.end()) << name;
    EXPECT_EQ(found->second, value) << name;
  }
  EXPECT_GT(samples.at(R"(vtlookup_cache_bytes{tier="memory"})"), 0);
}

TEST(Http, SaysHowTheDaemonIsToThoseOnThisMachineOnly) {
  const TempDir dir;
  const SimProgram sim;
  DaemonProgram daemon(sim, dir.path());
  httplib::Client client("http://" + daemon.HttpAddress());
  EXPECT_EQ(client.Get("/healthz")->status, 200);
  EXPECT_EQ(client.Get("/readyz")->body, "ready\n");
  EXPECT_EQ(client.Get("/cached.json?kind=domain&value=a.com")->status, 404);
  EXPECT_EQ(client.Get("/cached.json?kind=what&value=a.com")->status, 400);
  EXPECT_EQ(client.Get("/cached.json?kind=ip&value=1.2")->status, 400);
  ASSERT_TRUE(daemon.NewClient().Lookup(DomainIndicator("a.com")).ok());
  const auto cached = client.Get("/cached.json?kind=domain&value=A.com");
  EXPECT_THAT(cached->body, HasSubstr(R"("domain":"a.com")"));
  EXPECT_EQ(sim.Requests().size(), 1);
  const auto status = client.Get("/status.json");
  EXPECT_THAT(status->body, HasSubstr(R"("ready":true)"));
  EXPECT_THAT(status->body, Not(HasSubstr(DaemonProgram::kApiKey)));
  EXPECT_THAT(status->get_header_value("Content-Security-Policy"),
              HasSubstr("default-src 'none'"));
  EXPECT_EQ(client.Get("/readyz", {{"Host", "127.0.0.1.example.com"}})->status,
            421);
  // A host name that an attacker made resolve to this machine.
  EXPECT_EQ(
      client.Get("/status.json", {{"Host", "rebound.example.com"}})->status,
      421);
}

double SecondsNow() {
  return absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch());
}

TEST(Metrics, TellTheQuotaOfEachKey) {
  const TempDir dir;
  const SimProgram sim;
  DaemonProgram daemon(
      sim, dir.path(),
      {"--virustotal.quota.per_minute=100", "--virustotal.quota.per_day=500"});
  const double begin = SecondsNow();
  const Client client = daemon.NewClient();
  for (const char* name : {"a.com", "b.com", "c.com", "a.com"}) {
    ASSERT_TRUE(client.Lookup(DomainIndicator(name)).ok());
  }
  const auto samples = Scrape(daemon.HttpAddress());
  const auto value = [&](const std::string& name) {
    const auto found = samples.find(name);
    EXPECT_NE(found, samples.end()) << name;
    return found == samples.end() ? -1 : found->second;
  };
  const auto requests = static_cast<double>(sim.Requests().size());
  EXPECT_EQ(requests, 3);
  const std::string key = R"({key="default",window=")";
  for (const char* window : {"minute", "day", "month"}) {
    EXPECT_EQ(value("vtlookup_quota_used" + key + window + "\"}"), requests);
  }
  EXPECT_EQ(value("vtlookup_quota_limit" + key + "minute\"}"), 100);
  EXPECT_EQ(value("vtlookup_quota_limit" + key + "day\"}"), 500);
  EXPECT_FALSE(samples.contains("vtlookup_quota_limit" + key + "month\"}"));
  const double reset =
      value("vtlookup_quota_reset_timestamp_seconds" + key + "day\"}");
  // Midnight may pass while the test runs.
  EXPECT_GT(reset, begin);
  EXPECT_LE(reset, SecondsNow() + 86400);
  EXPECT_EQ(value(R"(vtlookup_quota_key_refused{key="default"})"), 0);
}

TEST(Metrics, CountWhatIsWithheldAndStaysHere) {
  const TempDir dir;
  const SimProgram sim;
  DaemonProgram daemon(sim, dir.path());
  const Client client = daemon.NewClient();
  ASSERT_TRUE(client.Lookup(DomainIndicator("db.corp")).ok());
  ASSERT_TRUE(client.Lookup(UrlIndicator("http://10.0.0.1/")).ok());
  const auto samples = Scrape(daemon.HttpAddress());
  EXPECT_EQ(samples.at(R"(vtlookup_withheld_total{reason="unlisted_suffix"})"),
            1);
  EXPECT_EQ(samples.at(R"(vtlookup_withheld_total{reason="private_address"})"),
            1);
}

TEST(Metrics, WhereTheAddressIsTakenLookupsGoOn) {
  const TempDir dir;
  const TempDir other_dir;
  const SimProgram sim;
  DaemonProgram first(sim, dir.path());
  DaemonProgram second(sim, other_dir.path(),
                       {"--http.address=" + first.HttpAddress()});
  EXPECT_THAT(second.Errors(),
              HasSubstr("cannot listen on " + first.HttpAddress()));
  EXPECT_TRUE(second.NewClient().Lookup(DomainIndicator("a.com")).ok());
  // The page and the metrics are the first daemon's, and count nothing of the
  // second.
  EXPECT_EQ(Scrape(first.HttpAddress())
                .at(R"(vtlookup_quota_used{key="default",window="day"})"),
            0);
}

// Indicators as in logs: a few are frequent, and most are rare.
std::vector<v1::Indicator> ZipfBatch(std::mt19937& random, size_t size) {
  constexpr double kIndicators = 10000;
  std::uniform_real_distribution<double> exponent(0, std::log(kIndicators));
  std::vector<v1::Indicator> batch;
  batch.reserve(size);
  for (size_t i = 0; i < size; ++i) {
    const auto rank = static_cast<int>(std::exp(exponent(random)));
    batch.push_back(DomainIndicator("rank" + std::to_string(rank) + ".com"));
  }
  return batch;
}

TEST(Metrics, Kill9InTheMiddleOfATraceLosesNoCount) {
  const TempDir dir;
  const SimProgram sim;
  constexpr size_t kBatches = kSanitized ? 20 : 100;
  constexpr size_t kMaxInflight = 8;
  std::mt19937 random(4);
  std::optional<DaemonProgram> daemon;
  const auto start = [&] {
    daemon.emplace(
        sim, dir.path(),
        std::vector<std::string>{"--virustotal.max_inflight=8",
                                 "--virustotal.quota.per_day=1000000"});
  };
  start();
  for (size_t i = 0; i < kBatches; ++i) {
    const auto batch = ZipfBatch(random, 1000);
    if (i % (kBatches / 4) != kBatches / 8) {
      ASSERT_TRUE(daemon->NewClient().BatchLookup(batch).ok());
      continue;
    }
    // The daemon is killed while it handles this one.
    const size_t before = sim.Requests().size();
    std::thread call([&, client = daemon->NewClient(absl::Seconds(5))] {
      (void)client.BatchLookup(batch);
    });
    Eventually([&] { return sim.Requests().size() >= before + 5; });
    daemon->program().Signal(SIGKILL);
    daemon->program().Wait();
    call.join();
    start();
  }
  const auto requests = static_cast<double>(sim.Requests().size());
  const double used =
      Scrape(daemon->HttpAddress())
          .at(R"(vtlookup_quota_used{key="default",window="day"})");
  EXPECT_GE(used, requests);
  // The daemon counted the request, and was killed before it made it.
  EXPECT_LE(used, requests + 4 * kMaxInflight);
  // There is one request for each indicator, and a few more, because a kill
  // loses the entries that were not on disk yet.
  EXPECT_LE(requests, 10000 + 4 * kMaxInflight);
}

// Connections that send nothing, or send it slowly.
class SlowClients {
 public:
  SlowClients(const std::string& address, int count) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(static_cast<uint16_t>(
        std::stoi(address.substr(address.find(':') + 1))));
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int i = 0; i < count; ++i) {
      const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      EXPECT_EQ(
          connect(fd, reinterpret_cast<const sockaddr*>(&where), sizeof(where)),
          0);
      Send(fd, "GET /metrics HTTP/1.1\r\nX: ");
      all_.push_back(fd);
    }
  }
  ~SlowClients() {
    for (const int fd : all_) close(fd);
  }
  void Send(const std::string& text) {
    for (const int fd : all_) Send(fd, text);
  }

 private:
  static void Send(int fd, const std::string& text) {
    (void)!send(fd, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }

  std::vector<int> all_;
};

TEST(Metrics, SlowClientsHoldUpNobody) {
  const TempDir dir;
  const SimProgram sim;
  DaemonProgram daemon(sim, dir.path());
  SlowClients clients(daemon.HttpAddress(), 200);
  const int64_t before = ResidentKib(daemon.program().pid());
  for (int i = 0; i < 50; ++i) clients.Send(std::string(8000, 'x'));
  EXPECT_TRUE(daemon.NewClient().Lookup(DomainIndicator("a.com")).ok());
  if (!kSanitized) {
    EXPECT_LT(ResidentKib(daemon.program().pid()) - before, 16 * 1024);
  }
  const absl::Duration begin = MonotonicTime();
  daemon.program().Signal(SIGTERM);
  EXPECT_EQ(daemon.program().Wait(), 0);
  if (!kSanitized) {
    EXPECT_LT(MonotonicTime() - begin, absl::Seconds(2));
  }
}

TEST(Metrics, OnlyReadingIsAllowed) {
  const TempDir dir;
  const SimProgram sim;
  const DaemonProgram daemon(sim, dir.path());
  httplib::Client client("http://" + daemon.HttpAddress());
  EXPECT_EQ(client.Post("/metrics", "x", "text/plain")->status, 405);
  EXPECT_EQ(client.Get("/etc/passwd")->status, 404);
  EXPECT_EQ(client.Head("/metrics")->status, 200);
}

TEST(Metrics, CanBeSwitchedOff) {
  const TempDir dir;
  const SimProgram sim;
  DaemonProgram daemon(sim, dir.path(), {"--http.address="});
  EXPECT_THAT(daemon.Errors(), Not(HasSubstr("http.address")));
  EXPECT_THAT(daemon.Errors(), Not(HasSubstr("metrics on")));
}

}  // namespace
}  // namespace vtlookup
