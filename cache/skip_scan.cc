#include "cache/skip_scan.h"

#include <rocksdb/db.h>
#include <rocksdb/iterator.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>

namespace vtlookup {
namespace {

// The limit of gaps in one chunk. Reading a database with more damage takes too
// long.
constexpr uint64_t kMostGaps = 1000;
// The limit of steps for one gap. Each step halves the range of keys in which
// the damage ends.
constexpr int kMostHalvings = 128;
constexpr size_t kDigits = 7;  // bytes that are compared as one number

std::unique_ptr<rocksdb::Iterator> NewIterator(rocksdb::DB& db) {
  rocksdb::ReadOptions read;
  read.fill_cache = false;  // blocks that are read once should evict none
  return std::unique_ptr<rocksdb::Iterator>(db.NewIterator(read));
}

// Whether the first record at `key` or behind it can be read. Uses a new
// iterator: one that has met a damaged block treats it as empty the second
// time.
bool CanSeek(rocksdb::DB& db, const std::string& key) {
  const std::unique_ptr<rocksdb::Iterator> at = NewIterator(db);
  at->Seek(key);
  return at->status().ok();
}

uint64_t NumberAt(const std::string& text, size_t at) {
  uint64_t number = 0;
  for (size_t i = at; i < at + kDigits; ++i) {
    number <<= 8;
    if (i < text.size()) number |= static_cast<unsigned char>(text[i]);
  }
  return number;
}

// Returns a text about in the middle between `low` and `high`; nullopt when
// they are too close.
std::optional<std::string> Between(const std::string& low,
                                   const std::string& high) {
  const size_t common = static_cast<size_t>(
      std::mismatch(low.begin(), low.end(), high.begin(), high.end()).first -
      low.begin());
  const uint64_t from = NumberAt(low, common);
  const uint64_t to = NumberAt(high, common);
  if (to <= from + 1) return std::nullopt;
  const uint64_t middle = from + (to - from) / 2;
  std::string text = low.substr(0, common);
  for (size_t i = kDigits; i-- > 0;) {
    text.push_back(static_cast<char>((middle >> (8 * i)) & 0xff));
  }
  return text;
}

// Returns the first text behind all texts that begin with the first `size`
// bytes of `key`; nullopt when these bytes are all 0xff.
std::optional<std::string> Behind(const std::string& key, size_t size) {
  std::string text = key.substr(0, size);
  while (!text.empty() && text.back() == '\xff') text.pop_back();
  if (text.empty()) return std::nullopt;
  text.back() = static_cast<char>(static_cast<unsigned char>(text.back()) + 1);
  return text;
}

// Returns a readable place behind the damage at `bad`, if there is one. Tries
// near places first.
std::optional<std::string> SomewhereBehind(rocksdb::DB& db,
                                           const std::string& bad) {
  for (size_t size = bad.size(); size > 0; --size) {
    std::optional<std::string> place = Behind(bad, size);
    if (!place.has_value()) break;
    if (CanSeek(db, *place)) return place;
  }
  std::string last(64, '\xff');
  if (CanSeek(db, last)) return last;
  return std::nullopt;
}

// Returns the first readable place behind `bad`, as near as halving finds it.
std::optional<std::string> PlaceBehind(rocksdb::DB& db,
                                       const std::string& bad) {
  std::optional<std::string> good = SomewhereBehind(db, bad);
  if (!good.has_value()) return std::nullopt;
  std::string low = bad;
  for (int i = 0; i < kMostHalvings; ++i) {
    const std::optional<std::string> middle = Between(low, *good);
    if (!middle.has_value()) break;
    if (CanSeek(db, *middle)) {
      good = middle;
    } else {
      low = *middle;
    }
  }
  return good;
}

}  // namespace

absl::Status ReadChunk(rocksdb::DB& db, const std::string& from, size_t bytes,
                       Chunk* chunk) {
  std::unique_ptr<rocksdb::Iterator> at = NewIterator(db);
  std::string next = from;
  at->Seek(next);
  size_t sum = 0;
  while (true) {
    for (; at->Valid() && sum < bytes; at->Next()) {
      chunk->records.emplace_back(at->key().ToString(), at->value().ToString());
      const auto& [key, value] = chunk->records.back();
      sum += key.size() + value.size();
      next = key + '\0';
    }
    chunk->next = next;
    if (at->Valid()) return absl::OkStatus();
    if (at->status().ok()) {
      chunk->end = true;
      return absl::OkStatus();
    }
    const std::string why = at->status().ToString();
    if (chunk->gaps++ == 0) chunk->first_gap = absl::DataLossError(why);
    const std::optional<std::string> behind = PlaceBehind(db, next);
    if (!behind.has_value() || chunk->gaps > kMostGaps) {
      return absl::DataLossError(why);
    }
    next = *behind;
    at = NewIterator(db);
    at->Seek(next);
  }
}

}  // namespace vtlookup
