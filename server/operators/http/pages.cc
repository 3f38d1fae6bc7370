#include "server/operators/http/pages.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/indicator.h"
#include "core/text.h"
#include "server/operators/admin/cached_entries.h"
#include "server/operators/http/assets.h"
#include "server/proto/indicator_fields.h"

namespace vtlookup {
namespace {

using Json = nlohmann::ordered_json;

constexpr char kJson[] = "application/json; charset=utf-8";
constexpr Kind kKinds[] = {Kind::kUrl, Kind::kDomain, Kind::kIp, Kind::kFile,
                           Kind::kUrlScan};

// Uses the field names of the .proto files, and prints every field.
Json ToJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string text;
  const auto status =
      google::protobuf::util::MessageToJsonString(message, &text, options);
  return status.ok() ? Json::parse(text) : Json::object();
}

HttpPage JsonPage(const Json& json, int status = 200) {
  return {.status = status,
          .type = kJson,
          .body = json.dump(-1, ' ', true, Json::error_handler_t::replace)};
}

// Returns the bound, in seconds, below which the given percentage of lookups
// stays; null when there is no such bound, or no lookup.
Json Percentile(const Traffic& traffic, double percent) {
  uint64_t all = 0;
  for (size_t i = 0; i <= Traffic::kBounds.size(); ++i) {
    all += traffic.in_bucket(i);
  }
  const double wanted = static_cast<double>(all) * percent / 100;
  uint64_t sum = 0;
  for (size_t i = 0; i < Traffic::kBounds.size() && all > 0; ++i) {
    sum += traffic.in_bucket(i);
    if (static_cast<double>(sum) >= wanted) return Traffic::kBounds[i];
  }
  return nullptr;
}

}  // namespace

HttpPage Pages::Answer(const HttpQuery& query) const {
  if (query.path == "/metrics") {
    return {.type = "text/plain; version=0.0.4; charset=utf-8",
            .body = sources_.metrics.Text()};
  }
  if (query.path == "/healthz") return {.body = "ok\n"};
  if (query.path == "/readyz") return Ready();
  if (query.path == "/status.json") return Status();
  if (query.path == "/cached.json") return Cached(query);
  for (const Asset& asset : kAssets) {
    if (query.path == asset.path) {
      return {.type = asset.type, .body = asset.content};
    }
  }
  return {.status = 404,
          .body =
              "there is no such page; the pages are /, /metrics, /healthz, "
              "/readyz, /status.json and /cached.json\n"};
}

HttpPage Pages::Ready() const {
  const absl::Status ready = sources_.status.Ready();
  if (ready.ok()) return {.body = "ready\n"};
  return {.status = 503,
          .body = absl::StrCat("not ready: ", ready.message(), "\n")};
}

void Pages::SetConfiguration(std::string configuration) {
  MutexLock lock(mu_);
  configuration_ = std::move(configuration);
}

HttpPage Pages::Status() const {
  const absl::StatusOr<v1::GetQuotaResponse> quota = sources_.status.Quota();
  Json refused = Json::object();
  for (const auto& [reason, count] : sources_.traffic.failures()) {
    refused[reason] = count;
  }
  std::string configuration;
  {
    MutexLock lock(mu_);
    configuration = configuration_;
  }
  return JsonPage(
      {{"status", ToJson(sources_.status.Status())},
       {"quota", quota.ok() ? ToJson(*quota)["keys"] : Json::array()},
       {"latency_seconds",
        {{"p50", Percentile(sources_.traffic, 50)},
         {"p95", Percentile(sources_.traffic, 95)},
         {"p99", Percentile(sources_.traffic, 99)}}},
       {"refused", std::move(refused)},
       {"configuration", std::move(configuration)}});
}

HttpPage Pages::Cached(const HttpQuery& query) const {
  const auto argument = [&query](const char* name) -> std::string {
    const auto found = query.arguments.find(name);
    return found == query.arguments.end() ? "" : found->second;
  };
  const std::string name = argument("kind");
  const auto* const kind =
      std::find_if(std::begin(kKinds), std::end(kKinds),
                   [&name](Kind each) { return KindName(each) == name; });
  if (kind == std::end(kKinds)) {
    return JsonPage(
        {{"error", "kind must be url, domain, ip, file or url_scan"}}, 400);
  }
  const absl::StatusOr<Indicator> indicator =
      Indicator::Parse(*kind, argument("value"));
  if (!indicator.ok()) {
    return JsonPage(
        {{"error", std::string(ToStd(indicator.status().message()))}}, 400);
  }
  const std::optional<Cache::Found> found =
      sources_.cache.Get(indicator->key());
  if (!found.has_value() ||
      FreshnessAt(found->entry, sources_.clock.Now()) == Freshness::kGone) {
    return JsonPage({{"error", "not cached"}}, 404);
  }
  return JsonPage(ToJson(ToCacheEntry({*indicator, found->entry}, false)));
}

}  // namespace vtlookup
