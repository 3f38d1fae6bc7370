#include "cache/rocks_tier.h"

#include <rocksdb/compaction_filter.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/text.h"

namespace vtlookup {
namespace {

namespace fs = std::filesystem;

constexpr size_t kBlockCacheBytes = 32U << 20;
constexpr size_t kWriteBufferBytes = 16U << 20;
// That are read together: each keeps its block in memory meanwhile.
constexpr size_t kKeysAtOnce = 64;
constexpr uint32_t kDictionaryBytes = 16U << 10;  // of each file's
// The bound is checked each time about this much has been written.
constexpr uint64_t kCheckEvery = 4U << 20;
constexpr char kCorruptMark[] = ".corrupt-";
// A file in the database's folder: what lies there was found to be broken.
constexpr char kBrokenMark[] = "/BROKEN";

// Drops records whose use has ended; reads one number of each.
class DropExpired final : public rocksdb::CompactionFilter {
 public:
  explicit DropExpired(const Clock& clock)
      : clock_(clock), began_(clock.ReadMoment()) {}

  const char* Name() const override { return "vtlookup.DropExpired"; }

  bool Filter(int /*level*/, const rocksdb::Slice& /*key*/,
              const rocksdb::Slice& value, std::string* /*new_value*/,
              bool* /*value_changed*/) const override {
    const absl::StatusOr<RecordTimes> times =
        TimesOf({value.data(), value.size()});
    // A record that cannot be read is of no use to anybody.
    if (!times.ok()) return true;
    const Moment now = clock_.ReadMoment();
    // A clock that was set may be wrong for a moment only, and everything would
    // seem to have expired.
    if (WasSet(now)) return false;
    return times->usable_until + RocksTier::kGrace < now.time ||
           times->stored > now.time + kLongestAhead + kClockSlack;
  }

 private:
  bool WasSet(const Moment& now) const {
    const absl::Duration off =
        (now.time - began_.time) - (now.uptime - began_.uptime);
    return absl::AbsDuration(off) > absl::Hours(1);
  }

  const Clock& clock_;
  const Moment began_;
};

// Keeps RocksDB from polling a full disk on its own: TryResume does that, by
// our clock.
class NoAutoRecovery final : public rocksdb::EventListener {
 public:
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason /*reason*/,
                            rocksdb::Status /*error*/,
                            bool* auto_recovery) override {
    *auto_recovery = false;
  }
};

rocksdb::Slice ToSlice(std::string_view text) {
  return {text.data(), text.size()};
}

rocksdb::Options DbOptions(const RocksTier::Options& tier,
                           const rocksdb::CompactionFilter* filter) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(kBlockCacheBytes);
  // Whole filters in memory: "absent" is then known without a read.
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.block_size = 16 << 10;
  // Indexes are in memory whole, too; where keys have much in common this
  // leaves an eighth of them.
  table.index_block_restart_interval = 16;

  rocksdb::Options options;
  if (tier.env != nullptr) options.env = tier.env;
  options.create_if_missing = true;
  options.max_open_files = -1;
  options.write_buffer_size = kWriteBufferBytes;
  options.max_background_jobs = 2;
  // Files are dropped whole when the bound is reached: each a small part.
  if (tier.max_bytes != 0) {
    options.target_file_size_base =
        std::clamp<uint64_t>(tier.max_bytes / 64, 1U << 20, 64U << 20);
  }
  options.level_compaction_dynamic_level_bytes = true;
  options.compression = rocksdb::kLZ4Compression;
  options.bottommost_compression = rocksdb::kZSTD;
  // Verdicts repeat the names of engines and what these say more than a block
  // can show: a dictionary, trained on the file, has them.
  options.bottommost_compression_opts.enabled = true;
  options.bottommost_compression_opts.max_dict_bytes = kDictionaryBytes;
  options.bottommost_compression_opts.zstd_max_train_bytes =
      100 * kDictionaryBytes;
  options.bottommost_compression_opts.max_dict_buffer_bytes = 4U << 20;
  options.compaction_filter = filter;
  // Has the filter see files that no write touches any more.
  options.periodic_compaction_seconds = 24 * 60 * 60;
  options.max_total_wal_size = 4 * kWriteBufferBytes;
  options.keep_log_file_num = 4;
  options.max_log_file_size = 1 << 20;
  options.recycle_log_file_num = 0;
  options.listeners.push_back(std::make_shared<NoAutoRecovery>());
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

bool IsLockHeld(const rocksdb::Status& status) {
  return status.IsIOError() && absl::StrContains(status.ToString(), "lock");
}

// Whether what lies on disk is to blame, rather than the disk.
bool IsUnreadable(const rocksdb::Status& status) {
  return status.IsCorruption() || status.IsInvalidArgument() ||
         status.IsNotSupported() || status.IsPathNotFound() ||
         status.IsNotFound();
}

// Renames `path`, so that its data can be looked at; an earlier one moved
// aside is removed, since nobody would bound them otherwise.
absl::StatusOr<std::string> MoveAside(const std::string& path, absl::Time now) {
  std::error_code error;
  const fs::path folder = fs::path(path).parent_path();
  const std::string prefix = fs::path(path).filename().string() + kCorruptMark;
  std::vector<fs::path> earlier;
  for (const auto& file : fs::directory_iterator(folder, error)) {
    if (file.path().filename().string().rfind(prefix, 0) == 0) {
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

}  // namespace

RocksTier::RocksTier(Options options, const Clock& clock)
    : options_(std::move(options)),
      clock_(clock),
      filter_(std::make_unique<DropExpired>(clock)) {}

RocksTier::~RocksTier() {
  if (db_ == nullptr) return;
  rocksdb::CancelAllBackgroundWork(db_.get(), true);
  db_->Close().PermitUncheckedError();
}

uint64_t RocksTier::FreeBytes(const std::string& path) {
  std::error_code error;
  const fs::space_info space = fs::space(fs::path(path).parent_path(), error);
  return error ? UINT64_MAX : space.available;
}

absl::StatusOr<std::unique_ptr<RocksTier>> RocksTier::Open(Options options,
                                                           const Clock& clock) {
  std::error_code error;
  fs::create_directories(fs::path(options.path).parent_path(), error);
  if (error) {
    return absl::FailedPreconditionError(absl::StrCat(
        "cannot make the folder of ", options.path, ": ", error.message()));
  }
  std::unique_ptr<RocksTier> tier(new RocksTier(std::move(options), clock));
  if (tier->DiskIsFull()) {
    tier->options_.report("the disk is full; going on with memory only");
    return tier;
  }
  if (absl::Status status = tier->OpenDb(); !status.ok()) return status;
  tier->off_ = false;
  return tier;
}

absl::Status RocksTier::OpenDb() {
  const std::string& path = options_.path;
  std::error_code error;
  rocksdb::Status status =
      fs::exists(path + kBrokenMark, error)
          ? rocksdb::Status::Corruption("found while it was in use")
          : TryOpenDb();
  if (IsUnreadable(status)) {
    const absl::StatusOr<std::string> aside = MoveAside(path, clock_.Now());
    if (!aside.ok()) return aside.status();
    options_.report(absl::StrCat("the cache in ", path, " cannot be read (",
                                 status.ToString(), "); it was moved to ",
                                 *aside, " and an empty one is used"));
    status = TryOpenDb();
  }
  if (IsLockHeld(status)) {
    return absl::FailedPreconditionError(
        absl::StrCat("the cache in ", path, " is in use by another process"));
  }
  if (!status.ok()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "cannot open the cache in ", path, ": ", status.ToString()));
  }
  return absl::OkStatus();
}

rocksdb::Status RocksTier::TryOpenDb() {
  rocksdb::DB* db = nullptr;
  rocksdb::Status status =
      rocksdb::DB::Open(DbOptions(options_, filter_.get()), options_.path, &db);
  db_.reset(db);
  return status;
}

absl::StatusOr<Entry> RocksTier::DecodeCounted(std::string_view record) {
  absl::StatusOr<Entry> entry = DecodeEntry(record);
  if (!entry.ok()) read_errors_.Add();
  return entry;
}

Tier::Peeked RocksTier::Peek(std::string_view key, Entry* entry) {
  if (off()) return Peeked::kAbsent;
  rocksdb::ReadOptions read;
  read.read_tier = rocksdb::kBlockCacheTier;
  rocksdb::PinnableSlice value;
  const rocksdb::Status status =
      db_->Get(read, db_->DefaultColumnFamily(), ToSlice(key), &value);
  if (status.IsNotFound()) return Peeked::kAbsent;
  if (!status.ok()) return Peeked::kUnknown;
  absl::StatusOr<Entry> decoded = DecodeCounted({value.data(), value.size()});
  if (!decoded.ok()) return Peeked::kAbsent;
  *entry = *std::move(decoded);
  return Peeked::kFound;
}

absl::StatusOr<Entry> RocksTier::EntryOf(const rocksdb::Status& status,
                                         std::string_view record) {
  if (status.IsNotFound()) return absl::NotFoundError("not on disk");
  if (!status.ok()) {
    read_errors_.Add();
    return absl::InternalError(absl::StrCat("disk: ", status.ToString()));
  }
  return DecodeCounted(record);
}

std::vector<absl::StatusOr<Entry>> RocksTier::Get(
    const std::vector<std::string>& keys) {
  std::vector<absl::StatusOr<Entry>> entries;
  entries.reserve(keys.size());
  if (off()) {
    entries.assign(keys.size(), absl::NotFoundError("the disk tier is off"));
    return entries;
  }
  std::array<rocksdb::Slice, kKeysAtOnce> slices;
  std::array<rocksdb::Status, kKeysAtOnce> statuses;
  for (size_t begin = 0; begin < keys.size(); begin += kKeysAtOnce) {
    const size_t count = std::min(kKeysAtOnce, keys.size() - begin);
    std::copy_n(keys.begin() + static_cast<ptrdiff_t>(begin), count,
                slices.begin());
    std::array<rocksdb::PinnableSlice, kKeysAtOnce> values;
    db_->MultiGet(rocksdb::ReadOptions(), db_->DefaultColumnFamily(), count,
                  slices.data(), values.data(), statuses.data());
    for (size_t i = 0; i < count; ++i) {
      entries.push_back(
          EntryOf(statuses[i], {values[i].data(), values[i].size()}));
    }
  }
  return entries;
}

absl::Status RocksTier::Write(const std::vector<Record>& records) {
  MutexLock lock(write_mu_);
  if (off() ? !TryResume() : DiskIsFull()) {
    TurnOff("there is no room on it");
    return absl::UnavailableError("the disk tier is off");
  }
  rocksdb::WriteBatch batch;
  for (const Record& record : records) {
    rocksdb::Status added = batch.Put(record.key, EncodeEntry(record.entry));
    added.PermitUncheckedError();  // fails only beyond 4 GiB
  }
  const rocksdb::Status status = db_->Write(rocksdb::WriteOptions(), &batch);
  if (!status.ok()) {
    if (status.IsCorruption()) {
      // Nothing mends that; the next start moves it aside.
      std::ofstream(options_.path + kBrokenMark) << status.ToString() << '\n';
    }
    TurnOff(status.ToString());
    return absl::UnavailableError(absl::StrCat("disk: ", status.ToString()));
  }
  if (off()) {
    off_.store(false, std::memory_order_release);
    options_.report("the disk can be written again; the disk tier is on");
  }
  unchecked_bytes_ += batch.GetDataSize();
  if (unchecked_bytes_ >= kCheckEvery) {
    unchecked_bytes_ = 0;
    EnforceBound();
  }
  return absl::OkStatus();
}

absl::Status RocksTier::Scan(std::string_view from, const Visit& visit) {
  if (off()) return absl::UnavailableError("the disk tier is off");
  rocksdb::ReadOptions read;
  read.fill_cache = false;  // what is looked at once should push nothing out
  const std::unique_ptr<rocksdb::Iterator> at(db_->NewIterator(read));
  for (at->Seek(ToSlice(from)); at->Valid(); at->Next()) {
    const absl::StatusOr<Entry> entry =
        DecodeCounted({at->value().data(), at->value().size()});
    if (!entry.ok()) continue;
    if (!visit({at->key().data(), at->key().size()}, *entry)) break;
  }
  if (at->status().ok()) return absl::OkStatus();
  read_errors_.Add();
  return absl::InternalError(absl::StrCat("disk: ", at->status().ToString()));
}

// Whether a write is worth a try.
bool RocksTier::TryResume() {
  const absl::Time now = clock_.Now();
  if (now < retry_at_) return false;
  retry_at_ = now + kRetryAfter;
  if (DiskIsFull()) return false;
  return db_ == nullptr ? OpenDb().ok() : db_->Resume().ok();
}

void RocksTier::TurnOff(std::string_view why) {
  if (off_.exchange(true)) return;
  retry_at_ = clock_.Now() + kRetryAfter;
  options_.report(absl::StrCat("the disk cannot be written (", ToAbsl(why),
                               "); going on with memory only"));
}

uint64_t RocksTier::bytes() const {
  uint64_t sum = 0;
  if (off()) return sum;
  for (const char* part :
       {"rocksdb.total-sst-files-size", "rocksdb.cur-size-all-mem-tables"}) {
    uint64_t value = 0;
    if (db_->GetIntProperty(part, &value)) sum += value;
  }
  return sum;
}

uint64_t RocksTier::entries() const {
  uint64_t count = 0;
  if (!off()) db_->GetIntProperty("rocksdb.estimate-num-keys", &count);
  return count;
}

// Drops the oldest file of the last level, with all that other levels have for
// the same keys, so that no older value comes back.
void RocksTier::EnforceBound() {
  if (options_.max_bytes == 0) return;
  while (bytes() > options_.max_bytes) {
    std::vector<rocksdb::LiveFileMetaData> files;
    db_->GetLiveFilesMetaData(&files);
    int last = 0;
    for (const auto& file : files) last = std::max(last, file.level);
    const rocksdb::LiveFileMetaData* oldest = nullptr;
    for (const auto& file : files) {
      if (file.level != last || file.being_compacted) continue;
      if (oldest == nullptr ||
          file.file_creation_time < oldest->file_creation_time) {
        oldest = &file;
      }
    }
    if (last == 0 || oldest == nullptr) return;  // compaction is at it
    const std::string begin = oldest->smallestkey;
    const std::string end = oldest->largestkey;
    const rocksdb::Slice from(begin);
    const rocksdb::Slice to(end);
    const uint64_t before = bytes();
    rocksdb::Status status = db_->DeleteRange(
        rocksdb::WriteOptions(), db_->DefaultColumnFamily(), from, end + '\0');
    if (status.ok()) {
      status = rocksdb::DeleteFilesInRange(
          db_.get(), db_->DefaultColumnFamily(), &from, &to);
    }
    if (!status.ok() || bytes() >= before) return;
    options_.report(
        absl::StrCat("the cache reached its bound of ", options_.max_bytes,
                     " bytes on disk; the oldest file was dropped"));
  }
}

void RocksTier::Compact() {
  if (off()) return;
  rocksdb::CompactRangeOptions all;
  all.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  db_->CompactRange(all, nullptr, nullptr).PermitUncheckedError();
}

}  // namespace vtlookup
