#ifndef VTLOOKUP_TESTS_FAKES_FAKE_TIER_H_
#define VTLOOKUP_TESTS_FAKES_FAKE_TIER_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cache/tier.h"
#include "core/mutex.h"

namespace vtlookup {

// A tier in memory whose contents outlive the tier, as on a disk. The test says
// whether the tier can answer without waiting, and whether it works.
class FakeTier final : public Tier {
 public:
  // FakeTier holds `mu` whenever it looks at the other members. A test that has
  // no other thread in the tier may use them without it.
  struct Disk {
    Mutex mu;
    std::map<std::string, Entry, std::less<>> entries;
    bool warm = false;    // Peek can answer
    bool broken = false;  // reads and writes fail
    int reads = 0;
    int writes = 0;
    std::function<void()> on_write;  // called during the next write
  };

  explicit FakeTier(std::shared_ptr<Disk> disk) : disk_(std::move(disk)) {}

  Peeked Peek(std::string_view key, Entry* entry) override {
    MutexLock lock(disk_->mu);
    if (disk_->broken || !disk_->warm) return Peeked::kUnknown;
    const auto found = disk_->entries.find(key);
    if (found == disk_->entries.end()) return Peeked::kAbsent;
    *entry = found->second;
    return Peeked::kFound;
  }

  std::vector<absl::StatusOr<Entry>> Get(
      const std::vector<std::string>& keys) override {
    MutexLock lock(disk_->mu);
    ++disk_->reads;
    std::vector<absl::StatusOr<Entry>> entries;
    entries.reserve(keys.size());
    for (const std::string& key : keys) entries.push_back(One(*disk_, key));
    return entries;
  }

  absl::Status Write(const std::vector<Record>& records) override {
    if (const std::function<void()> on_write = CountWrite()) on_write();
    MutexLock lock(disk_->mu);
    if (disk_->broken) return absl::UnavailableError("broken");
    for (const Record& record : records) {
      disk_->entries[record.key] = record.entry;
    }
    return absl::OkStatus();
  }

  absl::Status Scan(std::string_view from, const Visit& visit) override {
    std::string next(from);
    while (true) {
      Record record;
      {
        MutexLock lock(disk_->mu);
        if (disk_->broken) return absl::InternalError("broken");
        const auto at = disk_->entries.lower_bound(next);
        if (at == disk_->entries.end()) return absl::OkStatus();
        record = {at->first, at->second};
      }
      if (!visit(record.key, record.entry)) return absl::OkStatus();
      next = std::move(record.key) + '\0';
    }
  }

 private:
  static absl::StatusOr<Entry> One(const Disk& disk, const std::string& key) {
    if (disk.broken) return absl::InternalError("broken");
    const auto found = disk.entries.find(key);
    if (found == disk.entries.end()) return absl::NotFoundError("absent");
    return found->second;
  }

  std::function<void()> CountWrite() {
    MutexLock lock(disk_->mu);
    ++disk_->writes;
    return std::exchange(disk_->on_write, nullptr);
  }

  const std::shared_ptr<Disk> disk_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_FAKES_FAKE_TIER_H_
