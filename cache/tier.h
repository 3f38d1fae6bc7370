#ifndef VTLOOKUP_CACHE_TIER_H_
#define VTLOOKUP_CACHE_TIER_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cache/entry.h"

namespace vtlookup {

// A slower storage for entries, below memory. Thread-safe. A tier may lose
// entries at any time, and may return expired ones; the caller judges
// freshness. Failures of a tier are for counters and logs: readers treat a
// failed tier as an empty one.
class Tier {
 public:
  enum class Peeked { kFound, kAbsent, kUnknown };
  struct Record {
    std::string key;
    Entry entry;
  };

  // Receives an entry. Returns false to end the scan.
  using Visit = std::function<bool(std::string_view key, const Entry& entry)>;

  virtual ~Tier() = default;

  // Looks for an entry without waiting for disk or network; kUnknown when that
  // is not possible. `entry` is set for kFound only.
  virtual Peeked Peek(std::string_view key, Entry* entry) = 0;

  // Returns the entry under each key, in the order of `keys`. NotFound when
  // there is none, which is not a failure; other errors are. Many keys in one
  // call cost less than one by one. May block.
  virtual std::vector<absl::StatusOr<Entry>> Get(
      const std::vector<std::string>& keys) = 0;

  // Replaces the entry under each key. On an error none, some or all of
  // `records` are written. May block.
  virtual absl::Status Write(const std::vector<Record>& records) = 0;

  // Visits the entries from `from` on, in the order of their keys. An entry
  // that is written during the scan may be visited or not. May block.
  virtual absl::Status Scan(std::string_view from, const Visit& visit) = 0;

  // Does regular work, such as trying a failed disk again. The cache calls it
  // every half minute or so. May block, even for minutes.
  virtual void Tend() {}

  // Makes a running Tend return soon, and later calls at once. Does not wait.
  virtual void StopTending() {}
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CACHE_TIER_H_
