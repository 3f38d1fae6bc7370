#include "tests/cache/database_files.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <utility>

#include "absl/strings/str_format.h"
#include "cache/entry.h"
#include "cache/rocks_options.h"
#include "tests/cache/rocks_tier_fixture.h"

namespace vtlookup {

namespace fs = std::filesystem;

std::unique_ptr<rocksdb::DB> OpenDatabase(const std::string& path) {
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status =
      rocksdb::DB::Open(MakeRocksOptions(0, nullptr), path, &db);
  EXPECT_TRUE(status.ok()) << status.ToString();
  return std::unique_ptr<rocksdb::DB>(db);
}

void WriteAndCompact(rocksdb::DB& db,
                     const std::map<std::string, std::string>& records) {
  for (const auto& [key, value] : records) {
    ASSERT_TRUE(db.Put(rocksdb::WriteOptions(), key, value).ok());
  }
  rocksdb::CompactRangeOptions all;
  all.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  ASSERT_TRUE(db.CompactRange(all, nullptr, nullptr).ok());
}

std::map<std::string, std::string> SomeRecords(int count) {
  const absl::Time now = absl::FromUnixSeconds(1795503600);
  Noise noise;
  std::map<std::string, std::string> records;
  for (int i = 0; i < count; ++i) {
    records[absl::StrFormat("u%05d", i)] =
        EncodeEntry({std::make_shared<const std::string>(noise.Next(1000)), now,
                     now + absl::Hours(1), now + absl::Hours(1)});
  }
  return records;
}

fs::path LargestTable(const std::string& folder) {
  fs::path largest;
  uintmax_t size = 0;
  for (const auto& file : fs::directory_iterator(folder)) {
    if (file.path().extension() != ".sst" || file.file_size() <= size) continue;
    size = file.file_size();
    largest = file.path();
  }
  return largest;
}

void FlipAByte(const fs::path& path, double where) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  const auto at = static_cast<std::streamoff>(
      where * static_cast<double>(fs::file_size(path)));
  file.seekg(at);
  const int byte = file.get();
  file.seekp(at);
  file.put(static_cast<char>(byte ^ 0x10));
}

void SpoilFiles(const std::string& folder, const std::string& prefix) {
  for (const auto& file : fs::directory_iterator(folder)) {
    if (file.is_regular_file() &&
        file.path().filename().string().rfind(prefix, 0) == 0) {
      std::ofstream(file.path()) << "nonsense";
    }
  }
}

}  // namespace vtlookup
