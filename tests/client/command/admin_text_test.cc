// What operators read. The expected texts were written by hand.

#include "client/command/admin_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace vtlookup {
namespace {

using testing::HasSubstr;
using testing::Not;

const absl::Time kNow = absl::FromUnixSeconds(1795700000);

void Set(absl::Time time, google::protobuf::Timestamp* out) {
  out->set_seconds(absl::ToUnixSeconds(time));
}

v1::GetStatusResponse GoodStatus() {
  v1::GetStatusResponse status;
  status.set_version("0.2.0");
  status.set_ready(true);
  status.set_listen_address("127.0.0.1:50051");
  Set(kNow - absl::Hours(76), status.mutable_start_time());
  Set(kNow - absl::Minutes(5), status.mutable_config_time());
  status.set_log_level(v1::LOG_LEVEL_INFO);
  v1::TrafficStatus& traffic = *status.mutable_traffic();
  traffic.set_lookups(1204311);
  (*traffic.mutable_by_source())["memory"] = 1169385;
  (*traffic.mutable_by_source())["failed"] = 12;
  status.mutable_cache()->set_memory_bytes(181 << 20);
  status.mutable_cache()->set_memory_limit(256 << 20);
  status.mutable_cache()->set_memory_entries(88112);
  return status;
}

TEST(AdminText, TellsTheStateOfTheDaemon) {
  const std::string text = TextOf(GoodStatus(), kNow);
  EXPECT_THAT(text,
              HasSubstr("vtlookupd 0.2.0 on 127.0.0.1:50051, up 3 d 4 h\n"));
  EXPECT_THAT(text, HasSubstr("lookups    1,204,311  97.1 % memory  <0.01 % "
                              "failed\n"));
  EXPECT_THAT(text, HasSubstr("memory 181 MiB of 256 MiB, 88,112 entries"));
  EXPECT_THAT(text, HasSubstr("config     read 5 min ago, log level info\n"));
  EXPECT_THAT(text, HasSubstr("trouble    none\n"));
  EXPECT_THAT(text, Not(HasSubstr("clients")));
}

TEST(AdminText, TellsWhoUsesTheDaemon) {
  v1::GetStatusResponse status = GoodStatus();
  for (const auto& [name, lookups] :
       {std::pair("analysts", 30), std::pair("nodes", 70)}) {
    v1::ClientStatus& client = *status.mutable_traffic()->add_clients();
    client.set_name(name);
    client.set_lookups(static_cast<uint64_t>(lookups));
    client.set_requests(3);
  }
  status.mutable_traffic()->mutable_clients(0)->set_refused(2);
  EXPECT_THAT(
      TextOf(status, kNow),
      HasSubstr("clients    nodes  70 lookups (70.0 %), 3 requests to "
                "VirusTotal\n"
                "           analysts  30 lookups (30.0 %), 3 requests to "
                "VirusTotal, 2 refused\n"));
}

TEST(AdminText, TellsEachTrouble) {
  v1::GetStatusResponse status = GoodStatus();
  status.set_ready(false);
  status.set_not_ready_reason("is stopping");
  status.set_config_error("c.yml:3: odd: unknown key\nc.yml:4: x");
  status.mutable_cache()->set_disk_off(true);
  Set(kNow + absl::Seconds(70),
      status.mutable_virustotal()->mutable_broken_until());
  const std::string text = TextOf(status, kNow);
  EXPECT_THAT(text,
              HasSubstr("TROUBLE    does not serve lookups: is stopping"));
  EXPECT_THAT(text, HasSubstr("asked again in 1 min 10 s\n"));
  EXPECT_THAT(text, HasSubstr("disk OFF"));
  EXPECT_THAT(text,
              HasSubstr("reload failed: c.yml:3: odd: unknown key\\u000a"));
  EXPECT_THAT(text, Not(HasSubstr("none")));
}

TEST(AdminText, TellsTheQuota) {
  v1::GetQuotaResponse quota;
  v1::KeyQuota& key = *quota.add_keys();
  key.set_name("soc");
  v1::QuotaWindow& day = *key.add_windows();
  day.set_window("day");
  day.set_used(212);
  day.set_limit(500);
  Set(kNow + absl::Minutes(372), day.mutable_reset_time());
  v1::QuotaWindow& month = *key.add_windows();
  month.set_window("month");
  month.set_used(4100);
  EXPECT_EQ(TextOf(quota, kNow),
            "soc        day 212 of 500 (42.4 %, resets in 6 h 12 min)   month "
            "4,100 (no limit)\n");
  quota.mutable_keys(0)->set_refused(true);
  EXPECT_THAT(TextOf(quota, kNow), HasSubstr("REFUSED by VirusTotal"));
  Set(kNow + absl::Minutes(4), quota.mutable_keys(0)->mutable_paused_until());
  EXPECT_THAT(TextOf(quota, kNow), HasSubstr("PAUSED for 4 min"));
}

TEST(AdminText, TellsWhatWasDone) {
  v1::ReloadConfigResponse reloaded;
  EXPECT_EQ(TextOf(reloaded, kNow),
            "reloaded; changed: nothing\ntakes effect after a restart: "
            "nothing\n");
  reloaded.add_changed("listen.tls");
  reloaded.add_changed("virustotal.key");
  EXPECT_THAT(TextOf(reloaded, kNow),
              HasSubstr("changed: listen.tls, virustotal.key\n"));
  v1::InvalidateEntriesResponse purged;
  purged.set_matched(1200);
  purged.set_invalidated(1100);
  EXPECT_EQ(TextOf(purged, kNow),
            "entries that match: 1,200; changed: 1,100\n");
  v1::RefreshEntriesResponse refreshed;
  refreshed.set_failed(1);
  refreshed.set_failure("the quota is used up");
  EXPECT_THAT(TextOf(refreshed, kNow), HasSubstr("the quota is used up"));
  v1::ImportEntriesResponse imported;
  imported.set_invalid(1);
  imported.set_mistake("no indicator");
  EXPECT_THAT(TextOf(imported, kNow), HasSubstr("no indicator"));
  v1::SetLogLevelResponse level;
  level.set_previous(v1::LOG_LEVEL_WARNING);
  EXPECT_EQ(TextOf(level, kNow), "the log level was warning\n");
}

}  // namespace
}  // namespace vtlookup
