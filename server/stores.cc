#include "server/stores.h"

#include <spdlog/spdlog.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/config/private_folder.h"
#include "server/wiring.h"

namespace vtlookup {
namespace {

void WarnOperator(std::string_view message) {
  spdlog::warn("cache: {}", message);
}

void WarnOfRaw(std::string_view message) {
  spdlog::warn("cache.keep_raw: {}", message);
}

std::string VerdictsIn(const v1::CacheConfig& config) {
  return absl::StrCat(config.path(), "/verdicts");
}

std::string RawIn(const v1::CacheConfig& config) {
  return absl::StrCat(config.path(), "/raw");
}

// Deletes what an earlier configuration has kept.
void DropRaw(const v1::CacheConfig& config) {
  std::error_code error;
  const auto count = std::filesystem::remove_all(RawIn(config), error);
  if (error) {
    spdlog::warn(
        "cache.keep_raw is false, but {} cannot be deleted ({}); delete the "
        "folder by hand, or it keeps its disk space",
        RawIn(config), error.message());
  } else if (count > 0) {
    spdlog::info("cache.keep_raw is false: deleted {}", RawIn(config));
  }
}

absl::Status OpenTiers(const v1::CacheConfig& config, const Clock& clock,
                       Stores* opened) {
  const DiskLimits limits = DiskLimitsOf(config);
  absl::StatusOr<std::unique_ptr<RocksTier>> tier =
      RocksTier::Open({.path = VerdictsIn(config),
                       .max_bytes = limits.verdicts,
                       .required = config.required(),
                       .report = WarnOperator},
                      clock);
  if (!tier.ok()) return tier.status();
  opened->tier = *std::move(tier);
  if (opened->tier->off()) {
    spdlog::error(
        "cache: {} cannot be used; until it can, verdicts are kept in memory "
        "only",
        config.path());
  }
  if (!config.keep_raw()) {
    DropRaw(config);
    return absl::OkStatus();
  }
  // A folder of its own, because the tier locks the folder in which it is.
  absl::StatusOr<std::unique_ptr<RocksTier>> raw =
      RocksTier::Open({.path = absl::StrCat(RawIn(config), "/reports"),
                       .max_bytes = limits.raw,
                       .dense = true,
                       .required = config.required(),
                       .report = WarnOfRaw},
                      clock);
  if (!raw.ok()) return raw.status();
  opened->raw_tier = *std::move(raw);
  if (opened->raw_tier->off()) {
    spdlog::error(
        "cache.keep_raw: {} cannot be used; until it can, reports are not kept "
        "as VirusTotal sent them, and lookups with VIEW_RAW have no raw",
        RawIn(config));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Stores> OpenStores(const v1::CacheConfig& config,
                                  const Clock& clock) {
  Stores opened;
  const std::string folder = config.path();
  // Checked before OpenTiers, which makes the folder. A failure is ignored,
  // since the tier reports it.
  std::error_code error;
  const bool used_before = std::filesystem::exists(VerdictsIn(config), error);
  // The cache comes before the ledger, because it locks the folder.
  if (absl::Status status = OpenTiers(config, clock, &opened); !status.ok()) {
    return status;
  }
  CloseToOthers(folder);
  absl::StatusOr<std::unique_ptr<QuotaLedger>> ledger =
      QuotaLedger::Open({.path = absl::StrCat(folder, "/quota"),
                         .boot_id = BootId(),
                         .expected = used_before});
  if (ledger.ok()) {
    opened.ledger = *std::move(ledger);
  } else if (config.required()) {
    return ledger.status();
  } else {
    spdlog::error(
        "{}; requests to VirusTotal are counted in memory only, so a restart "
        "forgets how much of the quota is used",
        std::string(ledger.status().message()));
  }
  return opened;
}

}  // namespace vtlookup
