#include "server/operators/admin/raw_entries.h"

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/raw_report.h"
#include "core/response_code.h"
#include "server/verdicts/raw_key.h"

namespace vtlookup {
namespace {

std::string KeyOf(const CachedEntries::Found& found) {
  return RawKeyOf(found.indicator.kind(), found.indicator.text(),
                  *found.entry.value);
}

std::string NameOf(const CachedEntries::Found& found) {
  return UrlNameKeyOf(found.indicator.kind(), *found.entry.value);
}

}  // namespace

void ExportRaw(const CachedEntries::Found& found, RawReports& raws,
               v1::CacheEntry* out) {
  const Bytes raw = raws.Get(KeyOf(found), found.entry.stored);
  if (raw == nullptr) return;
  out->set_raw(std::string(JsonOfRaw(*raw)));
  out->set_raw_api(std::string(ApiOfRaw(*raw)));
}

absl::StatusOr<Bytes> RawIn(const v1::CacheEntry& entry) {
  if (entry.raw().empty()) return nullptr;
  const int32_t code = entry.verdict().response_code();
  if (code != ResponseCode::kPresent && code != ResponseCode::kQueued) {
    return absl::InvalidArgumentError(
        "raw is set, but the verdict is not one that has a report");
  }
  if (entry.raw_api() != "v2" && entry.raw_api() != "v3") {
    return absl::InvalidArgumentError("raw_api must be v2 or v3");
  }
  if (!nlohmann::json::accept(entry.raw())) {
    return absl::InvalidArgumentError("raw is not JSON");
  }
  return std::make_shared<const std::string>(
      RawReport(entry.raw_api() == "v2" ? '2' : '3', entry.raw()));
}

bool PutRaw(const CachedEntries::Found& found, const Bytes& raw,
            RawReports* raws) {
  Entry entry = found.entry;
  bool kept = true;
  if (const std::string name = NameOf(found); !name.empty()) {
    entry.value = std::make_shared<const std::string>(found.indicator.text());
    kept = raws->Put(name, entry);
  }
  entry.value = raw;
  return raws->Put(KeyOf(found), entry) && kept;
}

bool RemoveRaw(const CachedEntries::Found& found, absl::Time now,
               RawReports* raws) {
  const std::string name = NameOf(found);
  const bool removed = name.empty() || raws->Remove(name, now);
  return raws->Remove(KeyOf(found), now) && removed;
}

absl::Status RawsLeft(uint64_t count) {
  return absl::ResourceExhaustedError(absl::StrCat(
      "the verdicts are invalidated, but the JSON of ", count,
      " reports is still on disk, because too many writes wait "
      "(limits.max_pending_writes); it is never served, and goes with its "
      "expiry"));
}

}  // namespace vtlookup
