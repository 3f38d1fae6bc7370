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

// A slower place where entries live on. Thread-safe. A tier may lose entries
// at any time, and may return expired ones: judging freshness is the caller's
// business. Its failures are for counters and logs; to a reader a tier that
// fails is an empty one.
class Tier {
 public:
  enum class Peeked { kFound, kAbsent, kUnknown };
  struct Record {
    std::string key;
    Entry entry;
  };

  // Looks at an entry; false: no more.
  using Visit = std::function<bool(std::string_view key, const Entry& entry)>;

  virtual ~Tier() = default;

  // Looks without waiting for disk or network; kUnknown when that is not
  // possible. `entry` is set for kFound only.
  virtual Peeked Peek(std::string_view key, Entry* entry) = 0;

  // What stands under each key, in their order; many at once cost less than one
  // by one. May block. NotFound is not a failure.
  virtual std::vector<absl::StatusOr<Entry>> Get(
      const std::vector<std::string>& keys) = 0;

  // Replaces what stands under each key. May block. On an error none, some or
  // all of `records` are written.
  virtual absl::Status Write(const std::vector<Record>& records) = 0;

  // Visits the entries from `from` on, in the order of their keys. May block.
  // What is written meanwhile may be among them or not.
  virtual absl::Status Scan(std::string_view from, const Visit& visit) = 0;

  // Does what the tier needs from time to time, such as trying a failed disk
  // again. The cache calls it every half minute or so. May block, even for
  // minutes.
  virtual void Tend() {}

  // Makes a running Tend return soon, and later ones at once. Does not wait.
  virtual void StopTending() {}
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CACHE_TIER_H_
