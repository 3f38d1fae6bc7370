// The functions of RocksTier that do its regular work and mend a damaged
// database.

#include <rocksdb/db.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/rocks_open.h"
#include "cache/rocks_tier.h"
#include "cache/salvage.h"
#include "cache/store_files.h"
#include "core/text.h"

namespace vtlookup {
namespace {

namespace fs = std::filesystem;

}  // namespace

// Leaves a mark on the disk for the next start, in case the process ends before
// the database is mended.
void RocksTier::MarkDamaged(std::string_view why) {
  damaged_ = true;
  MarkBroken(options_.path, why);
}

void RocksTier::Tend() {
  {
    MutexLock lock(write_mu_);
    if (mending_ || stopping_) return;
    if (!damaged_) {
      if (off()) {
        TryResume();
      } else if (!DiskIsFull()) {
        OpenSpill();  // there may have been no room for it before
      }
      return;
    }
    if (!IsMarkedBroken(options_.path))
      MarkDamaged("found while the database was open");
    TurnOff("the database is damaged");
    mending_ = true;
  }
  Mend();
}

// Copies without holding `write_mu_`, because the copy may take minutes.
// `mending_` keeps writers away.
void RocksTier::Mend() {
  const absl::Status status = CopyToNew(TakeDb());
  MutexLock lock(write_mu_);
  mending_ = false;
  if (!status.ok()) {
    if (!stopping_) {
      options_.report(absl::StrCat("the damaged cache could not be repaired: ",
                                   status.message()));
    }
    return;
  }
  damaged_ = false;
  failed_ = false;
  gaps_reported_ = false;
  if (OpenDb().ok() && Db() != nullptr) TurnOn();
}

absl::Status RocksTier::CopyToNew(std::shared_ptr<rocksdb::DB> damaged) {
  const std::string& path = options_.path;
  SalvageOptions options{.rocks = RocksOptionsOf(options_, clock_),
                         .has_room = [this] { return !DiskIsFull(); },
                         .stop = &stopping_};
  const uint64_t bytes = SizeOfFiles(path, "");
  if (options_.free_bytes(path) < bytes + kMinFree) {
    CloseDb(std::move(damaged));
    return StartEmpty("there is no room for a copy");
  }
  if (damaged == nullptr) {
    absl::StatusOr<std::unique_ptr<rocksdb::DB>> opened =
        OpenDamaged(path, options.rocks);
    if (!opened.ok()) return StartEmpty(opened.status().ToString());
    damaged = *std::move(opened);
  }
  const absl::StatusOr<Salvaged> salvaged =
      Salvage(*damaged, path + kNewSuffix, options);
  CloseDb(std::move(damaged));
  if (!salvaged.ok()) return salvaged.status();
  if (salvaged->records == 0 && salvaged->unreadable > 0) {
    std::error_code ignored;
    fs::remove_all(path + kNewSuffix, ignored);
    return StartEmpty("nothing in it can be read");
  }
  read_errors_.Add(salvaged->unreadable);
  if (absl::Status status = ReplaceByNew(path); !status.ok()) return status;
  options_.report(
      absl::StrCat("the damaged cache was replaced: ", salvaged->records,
                   " entries were copied, ", salvaged->unreadable,
                   " places could not be read and are lost"));
  return absl::OkStatus();
}

absl::Status RocksTier::StartEmpty(std::string_view why) {
  const absl::StatusOr<std::string> aside =
      MoveAside(options_.path, clock_.Now());
  if (!aside.ok()) return aside.status();
  options_.report(absl::StrCat(
      "the cache in ", options_.path, " cannot be copied (", ToAbsl(why),
      "); it was moved to ", *aside, " and an empty one is used"));
  return absl::OkStatus();
}

}  // namespace vtlookup
