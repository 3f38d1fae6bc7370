#include "cache/rocks_bound.h"

#include <rocksdb/convenience.h>
#include <rocksdb/db.h>

#include <algorithm>
#include <vector>

#include "cache/store_files.h"

namespace vtlookup {

uint64_t PropertyOf(rocksdb::DB& db, const char* name) {
  uint64_t value = 0;
  db.GetIntProperty(name, &value);
  return value;
}

uint64_t LiveBytes(rocksdb::DB& db, const std::string& path) {
  return PropertyOf(db, "rocksdb.live-sst-files-size") +
         SizeOfFiles(path, ".log");
}

bool DropOldest(rocksdb::DB& db) {
  std::vector<rocksdb::LiveFileMetaData> files;
  db.GetLiveFilesMetaData(&files);
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
  if (last == 0 || oldest == nullptr) return false;  // wait for a compaction
  const rocksdb::Slice from(oldest->smallestkey);
  const rocksdb::Slice to(oldest->largestkey);
  const uint64_t before = PropertyOf(db, "rocksdb.live-sst-files-size");
  rocksdb::Status status =
      db.DeleteRange(rocksdb::WriteOptions(), db.DefaultColumnFamily(), from,
                     oldest->largestkey + '\0');
  if (status.ok()) {
    status =
        rocksdb::DeleteFilesInRange(&db, db.DefaultColumnFamily(), &from, &to);
  }
  return status.ok() && PropertyOf(db, "rocksdb.live-sst-files-size") < before;
}

}  // namespace vtlookup
