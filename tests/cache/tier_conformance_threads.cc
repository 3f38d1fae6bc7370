// What cache/tier.h promises to several threads.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "tests/cache/tier_conformance.h"

namespace vtlookup {
namespace {

constexpr int kVersions = 200;
constexpr int kReaders = 3;
const std::vector<std::string> kKeys = {"a", "b", "c", "d", "e"};

// What one thread knows: the latest version of each key that it has seen or
// knows to be written. Values are "<key>=<version>".
class Versions {
 public:
  void AtLeast(const std::string& key, int version) {
    latest_[key] = std::max(latest_[key], version);
  }
  void See(const std::string& key, const std::string& value) {
    const std::vector<std::string> parts = absl::StrSplit(value, '=');
    int version = 0;
    ASSERT_EQ(parts.size(), 2) << value;
    EXPECT_EQ(parts[0], key);
    ASSERT_TRUE(absl::SimpleAtoi(parts[1], &version)) << value;
    EXPECT_GE(version, latest_[key]) << key;
    AtLeast(key, version);
  }

 private:
  std::map<std::string, int> latest_;
};

// One thread writes all versions of all keys, and several others read.
class Race {
 public:
  explicit Race(Tier& tier) : tier_(tier) {}

  // Begins once all readers are at work.
  void Write() {
    while (reading_ < kReaders) std::this_thread::yield();
    for (int version = 1; version <= kVersions; ++version) {
      std::vector<Tier::Record> records;
      for (const std::string& key : kKeys) {
        records.push_back({key, Of(absl::StrCat(key, "=", version))});
      }
      EXPECT_TRUE(tier_.Write(records).ok());
      written_ = version;
    }
  }

  // Reads until the last version was written, and then once more. `read` is one
  // of the functions below.
  using Read = void (*)(Tier& tier, bool all_there, Versions* versions);
  void ReadWith(Read read) {
    Versions versions;
    read(tier_, /*all_there=*/false, &versions);
    ++reading_;
    bool last = false;
    while (!last) {
      const int written = written_;
      last = written == kVersions;
      for (const std::string& key : kKeys) versions.AtLeast(key, written);
      read(tier_, /*all_there=*/written > 0, &versions);
    }
  }

 private:
  static Entry Of(std::string value) {
    const absl::Time now = absl::FromUnixSeconds(1795503600);
    return {std::make_shared<const std::string>(std::move(value)), now,
            now + absl::Hours(1), now + absl::Hours(1)};
  }

  Tier& tier_;
  std::atomic<int> reading_{0};
  std::atomic<int> written_{0};  // the last version that was written
};

void ReadByGet(Tier& tier, bool all_there, Versions* versions) {
  const auto entries = tier.Get(kKeys);
  ASSERT_EQ(entries.size(), kKeys.size());
  for (size_t i = 0; i < kKeys.size(); ++i) {
    if (entries[i].ok()) versions->See(kKeys[i], *entries[i]->value);
    EXPECT_TRUE(entries[i].ok() || !all_there) << entries[i].status();
  }
}

void ReadByPeek(Tier& tier, bool all_there, Versions* versions) {
  for (const std::string& key : kKeys) {
    Entry entry;
    const Tier::Peeked peeked = tier.Peek(key, &entry);
    EXPECT_TRUE(peeked != Tier::Peeked::kAbsent || !all_there);
    if (peeked == Tier::Peeked::kFound) versions->See(key, *entry.value);
  }
}

void ReadByScan(Tier& tier, bool all_there, Versions* versions) {
  size_t seen = 0;
  const absl::Status status =
      tier.Scan("", [&](std::string_view key, const Entry& entry) {
        ++seen;
        versions->See(std::string(key), *entry.value);
        return true;
      });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_TRUE(seen == kKeys.size() || !all_there);
}

TEST_P(TierConformance, ReadersBesideAWriterNeverGoBackInTime) {
  const auto tier = host_->Open();
  Race race(*tier);
  std::vector<std::thread> threads;
  for (const Race::Read read : {ReadByGet, ReadByPeek, ReadByScan}) {
    threads.emplace_back([&race, read] { race.ReadWith(read); });
  }
  race.Write();
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace vtlookup
