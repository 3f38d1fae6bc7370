#ifndef VTLOOKUP_CACHE_DROP_EXPIRED_H_
#define VTLOOKUP_CACHE_DROP_EXPIRED_H_

#include <rocksdb/compaction_filter.h>

#include "core/clock.h"

namespace vtlookup {

// Makes RocksDB's compactions drop records that expired longer ago than
// `grace`, records that are too short or of another version, and records that
// were stored under a clock that was more than a day ahead. Drops none of the
// first and last kind while the clock is more than an hour off from where it
// was, by uptime, when this object was made. Thread-safe: RocksDB calls it from
// its own threads. Borrows the clock.
class DropExpired final : public rocksdb::CompactionFilter {
 public:
  DropExpired(const Clock& clock, absl::Duration grace)
      : clock_(clock), grace_(grace), began_(clock.ReadMoment()) {}

  const char* Name() const override { return "vtlookup.DropExpired"; }

  bool Filter(int level, const rocksdb::Slice& key, const rocksdb::Slice& value,
              std::string* new_value, bool* value_changed) const override;

 private:
  bool WasSet(const Moment& now) const;

  const Clock& clock_;
  const absl::Duration grace_;
  const Moment began_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CACHE_DROP_EXPIRED_H_
