#include "server/operators/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "core/failure.h"
#include "tests/paths.h"
#include "tests/server/operators/operators_fixture.h"
#include "tests/server/verdicts/entry_helpers.h"

namespace vtlookup {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;
using testing::StartsWith;

class MetricsTest : public OperatorsTest {
 protected:
  std::vector<std::string> Lines() const {
    std::vector<std::string> lines;
    std::istringstream in(metrics_.Text());
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
  }

  const std::unique_ptr<Audit> audit_ =
      *Audit::Open(v1::LogConfig(), lasting_.clock);
  UnsentBudget unsent_{1 << 20};
  const Metrics metrics_{{.clock = lasting_.clock,
                          .loop = loop_,
                          .cache = world_.cache,
                          .disk = *disk_tier_,
                          .raws = world_.path.raws,
                          .raw_disk = disk_tier_.get(),
                          .keys = world_.keys,
                          .virustotal = world_.virustotal,
                          .resolver = world_.resolver,
                          .traffic = traffic_,
                          .clients = clients_,
                          .privacy = world_.privacy,
                          .status = report_,
                          .audit = *audit_,
                          .unsent = unsent_}};
};

TEST_F(MetricsTest, OfClients) {
  clients_.For("node-7")->lookups.Add(3);
  clients_.For("node-7")->refused.Add(2);
  clients_.AddRequests("node-7", 4);
  EXPECT_THAT(
      Lines(),
      IsSupersetOf({R"(vtlookup_client_lookups_total{client="node-7"} 3)",
                    R"(vtlookup_client_refused_total{client="node-7"} 2)",
                    R"(vtlookup_client_requests_total{client="node-7"} 4)"}));
  const v1::TrafficStatus traffic = report_.Status().traffic();
  ASSERT_EQ(traffic.clients_size(), 1);
  EXPECT_EQ(traffic.clients(0).name(), "node-7");
  EXPECT_EQ(traffic.clients(0).lookups(), 3U);
  EXPECT_EQ(traffic.clients(0).refused(), 2U);
  EXPECT_EQ(traffic.clients(0).requests(), 4U);
}

TEST_F(MetricsTest, OfLookups) {
  Answer answer{
      .kind = Kind::kDomain,
      .indicator = "a.com",
      .entry = FreshEntry(ValueOf(ResponseCode::kPresent), clock().Now()),
      .source = v1::SOURCE_MEMORY,
      .stale = true};
  traffic_.Answered(ViewOf(answer), absl::Milliseconds(1));
  traffic_.Answered(ViewOf(answer), absl::Milliseconds(250));
  answer.entry.value = ValueOf(ResponseCode::kQueued);
  answer.kind = Kind::kUrlScan;
  answer.source = v1::SOURCE_VIRUSTOTAL;
  answer.stale = false;
  traffic_.Answered(ViewOf(answer), absl::Seconds(31));
  traffic_.Failed(FailureStatus(absl::StatusCode::kNotFound, "no",
                                {.reason = "NOT_CACHED"}));
  traffic_.Ended(RpcMethod::kLookup, absl::StatusCode::kNotFound);
  EXPECT_THAT(
      Lines(),
      IsSupersetOf({
          R"(vtlookup_lookups_total{kind="domain",response_code="1",source="memory"} 2)",
          R"(vtlookup_lookups_total{kind="url_scan",response_code="-2",source="virustotal"} 1)",
          R"(vtlookup_stale_served_total 2)",
          R"(vtlookup_refused_total{reason="NOT_CACHED"} 1)",
          R"(vtlookup_rpc_total{method="Lookup",code="NOT_FOUND"} 1)",
          R"(# TYPE vtlookup_lookup_seconds histogram)",
          R"(vtlookup_lookup_seconds_bucket{le="0.0005"} 0)",
          R"(vtlookup_lookup_seconds_bucket{le="0.001"} 1)",
          R"(vtlookup_lookup_seconds_bucket{le="0.1"} 1)",
          R"(vtlookup_lookup_seconds_bucket{le="0.25"} 2)",
          R"(vtlookup_lookup_seconds_bucket{le="30"} 2)",
          R"(vtlookup_lookup_seconds_bucket{le="+Inf"} 3)",
          R"(vtlookup_lookup_seconds_count 3)",
          R"(vtlookup_lookup_seconds_sum 31.251)",
      }));
}

TEST_F(MetricsTest, OfQuotas) {
  ASSERT_TRUE(world_.keys.Take(Lane::kInteractive, clock().ReadMoment()).ok());
  const std::vector<std::string> lines = Lines();
  EXPECT_THAT(
      lines,
      IsSupersetOf({
          R"(vtlookup_quota_limit{key="one",window="minute"} 4)",
          R"(vtlookup_quota_limit{key="one",window="day"} 500)",
          R"(vtlookup_quota_used{key="one",window="minute"} 1)",
          R"(vtlookup_quota_used{key="one",window="day"} 1)",
          R"(vtlookup_quota_used{key="one",window="month"} 1)",
          R"(vtlookup_quota_reset_timestamp_seconds{key="one",window="day"} 1795564800)",
          R"(vtlookup_quota_reset_timestamp_seconds{key="one",window="month"} 1796083200)",
          R"(vtlookup_quota_paused_seconds{key="one"} 0)",
          R"(vtlookup_quota_key_refused{key="one"} 0)",
      }));
  // A month without a limit has none.
  EXPECT_THAT(lines,
              Not(Contains(StartsWith(
                  R"(vtlookup_quota_limit{key="one",window="month"})"))));
}

TEST_F(MetricsTest, OfWhatTheDaemonHolds) {
  world_.cache.Put("u1",
                   FreshEntry(ValueOf(ResponseCode::kMissing), clock().Now()));
  UnsentBudget::Account account = unsent_.OpenSmall();
  ASSERT_TRUE(account.Grow(123));
  report_.NoteReload(absl::InvalidArgumentError("no"));
  EXPECT_THAT(Lines(),
              IsSupersetOf({
                  R"(vtlookup_cache_entries{tier="memory"} 1)",
                  R"(vtlookup_cache_entries{tier="disk"} 0)",
                  R"(vtlookup_cache_disk_off 0)",
                  R"(vtlookup_unsent_bytes 123)",
                  R"(vtlookup_config_last_reload_timestamp_seconds 1795503600)",
                  R"(vtlookup_config_last_reload_successful 0)",
                  R"(vtlookup_config_reload_failures_total 1)",
                  R"(vtlookup_withheld_total{reason="private_address"} 0)",
                  R"(vtlookup_virustotal_inflight 0)",
                  R"(vtlookup_virustotal_breaker_open 0)",
                  R"(vtlookup_audit_lines_lost_total 0)",
              }));
}

// A panel without data, or an alert that never fires, would go unnoticed.
TEST_F(MetricsTest, HaveTheNamesThatOurDashboardAndOurAlertsUse) {
  std::set<std::string> exported;
  for (const std::string& line : Lines()) {
    std::istringstream words(line);
    std::string hash;
    std::string type;
    std::string name;
    words >> hash >> type >> name;
    if (hash == "#" && type == "TYPE") exported.insert(name);
  }
  EXPECT_GE(exported.size(), 30);
  std::set<std::string> unknown;
  int used = 0;
  for (const char* file : {"grafana.json", "alerts.yml"}) {
    std::ifstream in(std::string(TEST_SOURCE_DIR "/../cmake/package/") + file);
    std::stringstream text;
    text << in.rdbuf();
    const std::string all = text.str();
    const std::regex names("vtlookup_[a-z0-9_]+");
    for (std::sregex_iterator at(all.begin(), all.end(), names), end; at != end;
         ++at) {
      ++used;
      const std::string name = std::regex_replace(
          at->str(), std::regex("_seconds_(bucket|sum|count)$"), "_seconds");
      // These are those of a listener, which is not here.
      const bool of_listener = name.rfind("vtlookup_connections_", 0) == 0 ||
                               name.rfind("vtlookup_listener_", 0) == 0;
      if (!of_listener && exported.count(name) == 0) unknown.insert(name);
    }
  }
  EXPECT_GE(used, 20);
  EXPECT_THAT(unknown, IsEmpty());
}

}  // namespace
}  // namespace vtlookup
