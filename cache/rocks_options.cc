#include "cache/rocks_options.h"

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

#include <algorithm>

namespace vtlookup {
namespace {

constexpr uint64_t kMiB = 1U << 20;
constexpr size_t kBlockCacheBytes = 32 * kMiB;
constexpr size_t kDenseBlockCacheBytes = 4 * kMiB;
constexpr uint64_t kWriteBufferBytes = 16 * kMiB;
constexpr uint64_t kSpillBytes = 16 * kMiB;
// Bounds of the number of level-0 tables at which RocksDB stops writers.
// kMostLevel0 is RocksDB's default.
constexpr int kFewestLevel0 = 8;
constexpr int kMostLevel0 = 36;
constexpr uint32_t kDictionaryBytes = 16U << 10;  // for each file
constexpr uint32_t kDenseDictionaryBytes = 64U << 10;
constexpr int kDenseLevel = 9;  // of ZSTD

rocksdb::BlockBasedTableOptions TableOptions(bool dense) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache =
      rocksdb::NewLRUCache(dense ? kDenseBlockCacheBytes : kBlockCacheBytes);
  // Full filters in memory tell that a key is absent without a read.
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.block_size = dense ? 64 << 10 : 16 << 10;
  // Full indexes are in memory, too. This makes them eight times smaller where
  // keys have much in common.
  table.index_block_restart_interval = 16;
  return table;
}

void Compress(rocksdb::Options* options) {
  options->compression = rocksdb::kLZ4Compression;
  options->bottommost_compression = rocksdb::kZSTD;
  // Verdicts repeat the names and results of engines more than one block can
  // show. A dictionary, trained on the file, holds these texts.
  options->bottommost_compression_opts.enabled = true;
  options->bottommost_compression_opts.max_dict_bytes = kDictionaryBytes;
  options->bottommost_compression_opts.zstd_max_train_bytes =
      100 * kDictionaryBytes;
  options->bottommost_compression_opts.max_dict_buffer_bytes = 4 * kMiB;
}

// Reports share most of their JSON keys, engine names and texts. So a large
// dictionary helps at every level (docs/adr/0050-raw-reports.md has the
// figures).
void CompressDensely(rocksdb::Options* options) {
  options->compression = rocksdb::kZSTD;
  options->compression_opts.level = kDenseLevel;
  options->compression_opts.max_dict_bytes = kDenseDictionaryBytes;
  options->compression_opts.zstd_max_train_bytes = 100 * kDenseDictionaryBytes;
  options->compression_opts.max_dict_buffer_bytes = 16 * kMiB;
}

// Makes RocksDB write only what it must, and nothing by a timer: each write may
// meet a full disk (docs/adr/0036).
void WriteLittle(rocksdb::Options* options) {
  options->stats_dump_period_sec = 0;
  options->stats_persist_period_sec = 0;
  // RocksTier tries a full disk again, by its own clock.
  options->max_bgerror_resume_count = 0;
  // A flush at the end would only write what the write-ahead log already holds.
  options->avoid_flush_during_shutdown = true;
  options->recycle_log_file_num = 0;
  // Blocks that are allocated in advance take room on the disk but are not part
  // of a file's size, and the bound is checked by sizes.
  options->allow_fallocate = false;
}

}  // namespace

DiskShares DiskShares::Of(uint64_t max_bytes) {
  if (max_bytes == 0) {
    return {.write_buffer = kWriteBufferBytes,
            .logs = 4 * kWriteBufferBytes,
            .table = 64 * kMiB,
            .first_level = 256 * kMiB,
            .level0_tables = kMostLevel0,
            .spill = kSpillBytes,
            .kept = 0,
            .check_every = 4 * kMiB};
  }
  DiskShares shares{};
  shares.write_buffer = std::clamp(max_bytes / 64, kMiB / 4, kWriteBufferBytes);
  shares.logs = 2 * shares.write_buffer;
  shares.table = std::clamp(max_bytes / 128, kMiB / 8, 64 * kMiB);
  shares.first_level = std::clamp(max_bytes / 32, kMiB, 256 * kMiB);
  shares.spill = std::clamp(max_bytes / 32, kMiB / 16, kSpillBytes);
  shares.level0_tables = static_cast<int>(std::clamp<uint64_t>(
      max_bytes / 32 / shares.write_buffer, kFewestLevel0, kMostLevel0));
  // The bytes that a compaction writes before it deletes its input: level 0 and
  // the level below it, or a table and the tables that it overlaps further
  // down.
  const uint64_t level0 =
      static_cast<uint64_t>(shares.level0_tables) * shares.write_buffer;
  const uint64_t compaction = level0 + shares.first_level + max_bytes / 8;
  const uint64_t others = compaction + 3 * shares.write_buffer + shares.spill;
  shares.kept = max_bytes - std::min(max_bytes / 2, others);
  shares.check_every = std::min(4 * kMiB, shares.write_buffer);
  return shares;
}

rocksdb::Options MakeRocksOptions(uint64_t max_bytes, rocksdb::Env* env,
                                  bool dense) {
  const DiskShares shares = DiskShares::Of(max_bytes);
  rocksdb::Options options;
  if (env != nullptr) options.env = env;
  options.create_if_missing = true;
  options.max_open_files = -1;
  options.max_background_jobs = 2;
  options.write_buffer_size = shares.write_buffer;
  options.max_total_wal_size = shares.logs;
  // When the bound is reached, whole files are dropped: so each is a small
  // part.
  options.target_file_size_base = shares.table;
  options.max_bytes_for_level_base = shares.first_level;
  if (max_bytes != 0) {
    // Writers wait for compactions that are behind, because levels that grow
    // beyond their size make a compaction larger than its share. Both limits
    // are equal, so that RocksDB does not first slow writers down to kilobytes
    // a second.
    options.max_compaction_bytes = max_bytes / 16;
    options.soft_pending_compaction_bytes_limit = max_bytes / 2;
    options.hard_pending_compaction_bytes_limit = max_bytes / 2;
  }
  options.level_compaction_dynamic_level_bytes = true;
  // Writers wait rather than let level 0 grow beyond its share.
  options.level0_stop_writes_trigger = shares.level0_tables;
  options.level0_slowdown_writes_trigger = std::min(
      options.level0_slowdown_writes_trigger, shares.level0_tables - 2);
  // Makes the filter see files that no write touches any more.
  options.periodic_compaction_seconds = 24 * 60 * 60;
  options.table_factory.reset(
      rocksdb::NewBlockBasedTableFactory(TableOptions(dense)));
  if (dense) {
    CompressDensely(&options);
  } else {
    Compress(&options);
  }
  WriteLittle(&options);
  return options;
}

}  // namespace vtlookup
