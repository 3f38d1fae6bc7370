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

// A slower storage for entries, below memory. Thread-safe. The tests of
// tests/cache/tier_conformance.h state this contract, and every tier passes
// them.
//
// Keys and values are opaque bytes, and both may be empty. A tier takes keys of
// up to 64 KiB and values of up to 16 MiB. It keeps the times of an entry to
// the microsecond.
//
// A tier does not judge entries. It may return expired ones, and the caller
// judges their freshness. It may lose entries at any time, and then it has none
// under the key. But once a Write has succeeded, a read that begins later never
// returns an earlier entry of the same key.
//
// A tier that is out of order, such as a disk that is full or a server that
// does not answer, says so: Get and Scan return errors, which are never
// NotFound. Such errors are for counters and logs. The cache treats the entries
// as absent.
class Tier {
 public:
  enum class Peeked {
    kFound,
    kAbsent,   // a Get would not find an entry either
    kUnknown,  // only Get can tell
  };
  struct Record {
    std::string key;
    Entry entry;
  };

  // Receives an entry. Returns false to end the scan.
  using Visit = std::function<bool(std::string_view key, const Entry& entry)>;

  virtual ~Tier() = default;

  // Looks for an entry without waiting for disk or network. Sets `entry` for
  // kFound only. When the tier is out of order, the result is kAbsent if the
  // tier knows that already, and otherwise kUnknown.
  virtual Peeked Peek(std::string_view key, Entry* entry) = 0;

  // Returns one result for each key, in the order of `keys`, which may contain
  // a key several times. NotFound means that there is no entry, which is not a
  // failure. Any other error means that the tier could not tell. Many keys in
  // one call cost less than one by one. May block.
  virtual std::vector<absl::StatusOr<Entry>> Get(
      const std::vector<std::string>& keys) = 0;

  // Replaces the entry under each key, whatever times the old and the new entry
  // have: the last write wins, so the caller must write the entries of one key
  // in their order. If `records` contains a key several times, the last of
  // these records wins. Other threads may see some of the records before the
  // others. On an error none, some or all of the records are written, and the
  // caller may write them again. A tier that is out of order may keep the
  // records for later, and return OK. May block.
  //
  // Entries cannot be removed. Write an expired entry instead.
  virtual absl::Status Write(const std::vector<Record>& records) = 0;

  // Visits the entries whose key is `from` or after it, in the order of their
  // keys (compared as unsigned bytes), each key once, until there are no more
  // or `visit` returns false. To go on later, scan from the last key with a
  // zero byte behind it. An entry that is written during the scan may be
  // visited as it was, as it is, or not at all. `visit` runs on the caller's
  // thread and may call the tier. Entries that cannot be read are skipped. An
  // error means that the scan ended too early; the entries that were visited
  // before are good. May block.
  virtual absl::Status Scan(std::string_view from, const Visit& visit) = 0;

  // Does regular work, such as trying a failed disk again. The cache calls it
  // every half minute or so. May block, even for minutes.
  virtual void Tend() {}

  // Makes a running Tend return soon, and later calls at once. Reads and writes
  // go on. Does not wait.
  virtual void StopTending() {}
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CACHE_TIER_H_
