#include "cache/salvage.h"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/entry.h"
#include "cache/skip_scan.h"

namespace vtlookup {
namespace {

namespace fs = std::filesystem;

constexpr size_t kChunkBytes = 1U << 20;
constexpr char kCorruptMark[] = ".corrupt-";

rocksdb::Status OpenReadOnly(const std::string& path, rocksdb::Options rocks,
                             std::unique_ptr<rocksdb::DB>* db) {
  rocks.paranoid_checks = false;  // a table that cannot be opened is a gap
  rocksdb::DB* opened = nullptr;
  rocksdb::Status status = rocksdb::DB::OpenForReadOnly(rocks, path, &opened);
  db->reset(opened);
  return status;
}

// Writes the name of the newest MANIFEST into CURRENT. Returns false when there
// is no MANIFEST.
bool RestoreCurrent(const std::string& path) {
  std::string newest;
  uint64_t newest_number = 0;
  std::error_code error;
  for (const auto& file : fs::directory_iterator(path, error)) {
    const std::string name = file.path().filename().string();
    std::string_view digits = name;
    uint64_t number = 0;
    if (!absl::StartsWith(name, "MANIFEST-")) continue;
    digits.remove_prefix(sizeof("MANIFEST-") - 1);
    if (!absl::SimpleAtoi(absl::string_view(digits.data(), digits.size()),
                          &number) ||
        number < newest_number) {
      continue;
    }
    newest_number = number;
    newest = name;
  }
  if (newest.empty()) return false;
  std::ofstream(path + "/CURRENT") << newest << '\n';
  return true;
}

// Whether a repair moved a table to `lost` because it could not be read.
bool LostATable(const std::string& path) {
  std::error_code error;
  for (const auto& file : fs::directory_iterator(path + "/lost", error)) {
    if (file.path().extension() == ".sst") return true;
  }
  return false;
}

// Copies those records of a chunk that can be decoded.
rocksdb::Status Copy(const Chunk& chunk, rocksdb::DB& to, Salvaged* sum) {
  rocksdb::WriteBatch batch;
  for (const auto& [key, value] : chunk.records) {
    if (!DecodeEntry(value).ok()) {
      ++sum->unreadable;
      continue;
    }
    batch.Put(key, value).PermitUncheckedError();  // fails beyond 4 GiB only
    ++sum->records;
  }
  sum->unreadable += chunk.gaps;
  return to.Write(rocksdb::WriteOptions(), &batch);
}

absl::Status CopyAll(rocksdb::DB& from, rocksdb::DB& to,
                     const SalvageOptions& options, Salvaged* sum) {
  Chunk chunk;
  while (!chunk.end) {
    if (options.stop != nullptr && *options.stop) {
      return absl::CancelledError("the daemon is stopping");
    }
    if (!options.has_room()) {
      return absl::ResourceExhaustedError("the disk is full");
    }
    Chunk next;
    const absl::Status read = ReadChunk(from, chunk.next, kChunkBytes, &next);
    if (rocksdb::Status wrote = Copy(next, to, sum); !wrote.ok()) {
      return wrote.IsNoSpace() ? absl::ResourceExhaustedError(wrote.ToString())
                               : absl::InternalError(wrote.ToString());
    }
    if (!read.ok()) return absl::OkStatus();  // no more can be read
    chunk = std::move(next);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<rocksdb::DB>> OpenDamaged(
    const std::string& path, const rocksdb::Options& rocks) {
  std::unique_ptr<rocksdb::DB> db;
  rocksdb::Status status = OpenReadOnly(path, rocks, &db);
  if (!status.ok() && RestoreCurrent(path)) {
    status = OpenReadOnly(path, rocks, &db);
  }
  if (!status.ok()) {
    status = rocksdb::RepairDB(path, rocks);
    if (status.ok() && LostATable(path)) {
      status = rocksdb::Status::Corruption("a table cannot be read");
    }
    if (status.ok()) status = OpenReadOnly(path, rocks, &db);
  }
  if (!status.ok()) return absl::DataLossError(status.ToString());
  return db;
}

absl::StatusOr<Salvaged> Salvage(rocksdb::DB& from, const std::string& to,
                                 const SalvageOptions& options) {
  std::error_code ignored;
  fs::remove_all(to, ignored);
  rocksdb::DB* opened = nullptr;
  rocksdb::Status made = rocksdb::DB::Open(options.rocks, to, &opened);
  std::unique_ptr<rocksdb::DB> database(opened);
  Salvaged sum;
  absl::Status status = made.ok() ? CopyAll(from, *database, options, &sum)
                                  : absl::InternalError(made.ToString());
  if (database != nullptr) {
    if (const rocksdb::Status closed = database->Close();
        !closed.ok() && status.ok()) {
      status = absl::InternalError(closed.ToString());
    }
  }
  database.reset();
  if (status.ok()) return sum;
  fs::remove_all(to, ignored);
  return status;
}

absl::StatusOr<std::string> MoveAside(const std::string& path, absl::Time now) {
  std::error_code error;
  const fs::path folder = fs::path(path).parent_path();
  const std::string prefix = fs::path(path).filename().string() + kCorruptMark;
  std::vector<fs::path> earlier;
  for (const auto& file : fs::directory_iterator(folder, error)) {
    if (absl::StartsWith(file.path().filename().string(), prefix)) {
      earlier.push_back(file.path());
    }
  }
  for (const fs::path& old : earlier) fs::remove_all(old, error);
  const std::string aside = absl::StrCat(
      path, kCorruptMark,
      absl::FormatTime("%Y%m%dT%H%M%SZ", now, absl::UTCTimeZone()));
  fs::rename(path, aside, error);
  if (error) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot move ", path, " aside: ", error.message()));
  }
  return aside;
}

}  // namespace vtlookup
