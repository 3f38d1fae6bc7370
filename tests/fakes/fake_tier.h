#ifndef VTLOOKUP_TESTS_FAKES_FAKE_TIER_H_
#define VTLOOKUP_TESTS_FAKES_FAKE_TIER_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cache/tier.h"

namespace vtlookup {

// A tier in memory whose contents outlive the tier, as on a disk. The test says
// whether the tier can answer without waiting, and whether it works.
class FakeTier final : public Tier {
 public:
  struct Disk {
    std::map<std::string, Entry, std::less<>> entries;
    bool warm = false;    // Peek can answer
    bool broken = false;  // reads and writes fail
    int reads = 0;
    int writes = 0;
    std::function<void()> on_write;  // called during the next write
  };

  explicit FakeTier(std::shared_ptr<Disk> disk) : disk_(std::move(disk)) {}

  Peeked Peek(std::string_view key, Entry* entry) override {
    if (!disk_->warm) return Peeked::kUnknown;
    const auto found = disk_->entries.find(key);
    if (found == disk_->entries.end()) return Peeked::kAbsent;
    *entry = found->second;
    return Peeked::kFound;
  }

  std::vector<absl::StatusOr<Entry>> Get(
      const std::vector<std::string>& keys) override {
    ++disk_->reads;
    std::vector<absl::StatusOr<Entry>> entries;
    entries.reserve(keys.size());
    for (const std::string& key : keys) entries.push_back(One(key));
    return entries;
  }

  absl::Status Write(const std::vector<Record>& records) override {
    ++disk_->writes;
    if (disk_->on_write) std::exchange(disk_->on_write, nullptr)();
    if (disk_->broken) return absl::UnavailableError("broken");
    for (const Record& record : records) {
      disk_->entries[record.key] = record.entry;
    }
    return absl::OkStatus();
  }

  absl::Status Scan(std::string_view from, const Visit& visit) override {
    if (disk_->broken) return absl::InternalError("broken");
    for (auto at = disk_->entries.lower_bound(from);
         at != disk_->entries.end() && visit(at->first, at->second); ++at) {
    }
    return absl::OkStatus();
  }

 private:
  absl::StatusOr<Entry> One(const std::string& key) const {
    if (disk_->broken) return absl::InternalError("broken");
    const auto found = disk_->entries.find(key);
    if (found == disk_->entries.end()) return absl::NotFoundError("absent");
    return found->second;
  }

  std::shared_ptr<Disk> disk_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_FAKES_FAKE_TIER_H_
