#include "client/command/admin_text.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/command/units.h"
#include "core/safe_text.h"

namespace vtlookup {
namespace {

// A line of two columns.
std::string Line(const char* name, const std::string& text) {
  return absl::StrFormat("%-11s%s\n", name, text);
}

std::string Percent(uint64_t part, uint64_t whole) {
  const double percent = whole == 0 ? 0
                                    : 100.0 * static_cast<double>(part) /
                                          static_cast<double>(whole);
  // A share above 0 is never printed as 0.
  if (part > 0 && percent < 0.01) return "<0.01 %";
  return absl::StrFormat("%.*f %%", percent < 10 ? 2 : 1, percent);
}

absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) +
         absl::Nanoseconds(time.nanos());
}

std::string InTime(const google::protobuf::Timestamp& time, absl::Time now) {
  return LongOf(std::max(TimeOf(time) - now, absl::ZeroDuration()));
}

std::string LookupsIn(const v1::TrafficStatus& traffic) {
  std::string text = Grouped(traffic.lookups());
  for (const auto& [source, name] :
       {std::pair("memory", "memory"), std::pair("disk", "disk"),
        std::pair("virustotal", "VirusTotal"),
        std::pair("local", "the daemon itself"),
        std::pair("failed", "failed")}) {
    const auto found = traffic.by_source().find(source);
    if (found == traffic.by_source().end() || found->second == 0) continue;
    absl::StrAppend(&text, "  ", Percent(found->second, traffic.lookups()), " ",
                    name);
  }
  if (traffic.stale_served() > 0) {
    absl::StrAppend(&text, "  ",
                    Percent(traffic.stale_served(), traffic.lookups()),
                    " stale");
  }
  return text;
}

std::string CacheIn(const v1::CacheStatus& cache) {
  const std::string memory =
      absl::StrCat("memory ", SizeOf(cache.memory_bytes()), " of ",
                   SizeOf(cache.memory_limit()), ", ",
                   Grouped(cache.memory_entries()), " entries");
  if (cache.disk_off()) return memory + "   disk OFF: memory only";
  std::string text =
      absl::StrCat(memory, "   disk ", SizeOf(cache.disk_bytes()), " of ",
                   SizeOf(cache.disk_limit()), ", about ",
                   Grouped(cache.disk_entries()), " entries");
  if (cache.raw_limit() > 0) {
    absl::StrAppend(&text, "   raw ", SizeOf(cache.raw_bytes()), " of ",
                    SizeOf(cache.raw_limit()));
  }
  return text;
}

std::string ClientsIn(const v1::TrafficStatus& traffic) {
  uint64_t all = 0;
  std::vector<const v1::ClientStatus*> clients;
  for (const v1::ClientStatus& client : traffic.clients()) {
    all += client.lookups();
    clients.push_back(&client);
  }
  std::stable_sort(
      clients.begin(), clients.end(),
      [](const auto* a, const auto* b) { return a->lookups() > b->lookups(); });
  std::string text;
  for (const v1::ClientStatus* client : clients) {
    absl::StrAppend(
        &text,
        Line(text.empty() ? "clients" : "",
             absl::StrCat(
                 OnOneLine(client->name()), "  ", Grouped(client->lookups()),
                 " lookups (", Percent(client->lookups(), all), "), ",
                 Grouped(client->requests()), " requests to VirusTotal",
                 client->refused() == 0
                     ? ""
                     : absl::StrCat(", ", Grouped(client->refused()),
                                    " refused"))));
  }
  return text;
}

std::vector<std::string> TroubleIn(const v1::GetStatusResponse& status,
                                   absl::Time now) {
  std::vector<std::string> trouble;
  if (!status.ready()) {
    trouble.push_back(absl::StrCat("does not serve lookups: ",
                                   OnOneLine(status.not_ready_reason())));
  }
  if (status.virustotal().has_broken_until()) {
    trouble.push_back(
        absl::StrCat("VirusTotal fails, and is asked again in ",
                     InTime(status.virustotal().broken_until(), now)));
  }
  if (status.cache().disk_off()) {
    trouble.emplace_back(
        "the disk cannot be used: verdicts are in memory only");
  }
  if (!status.config_error().empty()) {
    trouble.push_back(absl::StrCat("the last reload failed: ",
                                   OnOneLine(status.config_error())));
  }
  return trouble;
}

std::string WindowOf(const v1::QuotaWindow& window, absl::Time now) {
  if (window.limit() == 0) {
    return absl::StrCat(window.window(), " ", Grouped(window.used()),
                        " (no limit)");
  }
  std::string text = absl::StrCat(window.window(), " ", Grouped(window.used()),
                                  " of ", Grouped(window.limit()), " (",
                                  Percent(window.used(), window.limit()));
  if (window.has_reset_time()) {
    absl::StrAppend(&text, ", resets in ", InTime(window.reset_time(), now));
  }
  return text + ")";
}

std::string KeyLine(const v1::KeyQuota& key, absl::Time now) {
  std::vector<std::string> parts;
  for (const v1::QuotaWindow& window : key.windows()) {
    parts.push_back(WindowOf(window, now));
  }
  std::string text = absl::StrJoin(parts, "   ");
  if (key.refused()) {
    absl::StrAppend(&text,
                    "   REFUSED by VirusTotal; `vtlookup admin quota --resume ",
                    OnOneLine(key.name()), "` tries it again");
  }
  if (key.has_paused_until()) {
    absl::StrAppend(&text, "   PAUSED for ", InTime(key.paused_until(), now),
                    ", because VirusTotal has refused requests");
  }
  return absl::StrFormat("%-11s%s\n", OnOneLine(key.name()), text);
}

std::string ListOf(
    const google::protobuf::RepeatedPtrField<std::string>& keys) {
  return keys.empty() ? "nothing" : absl::StrJoin(keys, ", ");
}

std::string LevelName(v1::LogLevel level) {
  const std::string name = v1::LogLevel_Name(level);
  return absl::AsciiStrToLower(name.substr(name.rfind('_') + 1));
}

}  // namespace

std::string TextOf(const v1::GetStatusResponse& status, absl::Time now) {
  std::string text = absl::StrCat(
      "vtlookupd ", status.version(), " on ", status.listen_address(), ", up ",
      LongOf(now - TimeOf(status.start_time())), "\n",
      Line("lookups", LookupsIn(status.traffic())),
      Line("VirusTotal",
           absl::StrCat(Grouped(status.virustotal().requests()), " requests, ",
                        status.virustotal().inflight(), " under way")),
      Line("waiting", absl::StrCat(status.traffic().waiting(), " lookups, ",
                                   status.virustotal().queued(),
                                   " requests wait for the quota")),
      ClientsIn(status.traffic()), Line("cache", CacheIn(status.cache())),
      Line("config",
           absl::StrCat("read ", LongOf(now - TimeOf(status.config_time())),
                        " ago, log level ", LevelName(status.log_level()))));
  const std::vector<std::string> trouble = TroubleIn(status, now);
  if (trouble.empty()) return text + Line("trouble", "none");
  for (const std::string& each : trouble) text += Line("TROUBLE", each);
  return text;
}

std::string TextOf(const v1::GetQuotaResponse& quota, absl::Time now) {
  std::string text;
  for (const v1::KeyQuota& key : quota.keys()) text += KeyLine(key, now);
  return text;
}

std::string TextOf(const v1::ResumeKeyResponse& resumed, absl::Time now) {
  return KeyLine(resumed.key(), now);
}

std::string TextOf(const v1::ReloadConfigResponse& reloaded,
                   absl::Time /*now*/) {
  return absl::StrCat("reloaded; changed: ", ListOf(reloaded.changed()),
                      "\ntakes effect after a restart: ",
                      ListOf(reloaded.restart_needed()), "\n");
}

std::string TextOf(const v1::InvalidateEntriesResponse& done,
                   absl::Time /*now*/) {
  return absl::StrCat("entries that match: ", Grouped(done.matched()),
                      "; changed: ", Grouped(done.invalidated()), "\n");
}

std::string TextOf(const v1::RefreshEntriesResponse& done, absl::Time /*now*/) {
  std::string text =
      absl::StrCat("entries that match: ", Grouped(done.matched()),
                   "; refreshed: ", Grouped(done.refreshed()),
                   "; failed: ", Grouped(done.failed()), "\n");
  if (done.failed() > 0) {
    absl::StrAppend(
        &text, "the first failed because: ", OnOneLine(done.failure()), "\n");
  }
  return text;
}

std::string TextOf(const v1::ImportEntriesResponse& done, absl::Time /*now*/) {
  std::string text =
      absl::StrCat("entries imported: ", Grouped(done.imported()),
                   "; not newer than the cached ones: ", Grouped(done.older()),
                   "; expired: ", Grouped(done.expired()),
                   "; invalid: ", Grouped(done.invalid()), "\n");
  if (done.invalid() > 0) {
    absl::StrAppend(&text, "the first invalid one: ", OnOneLine(done.mistake()),
                    "\n");
  }
  return text;
}

std::string TextOf(const v1::SetLogLevelResponse& done, absl::Time /*now*/) {
  return absl::StrCat("the log level was ", LevelName(done.previous()), "\n");
}

}  // namespace vtlookup
