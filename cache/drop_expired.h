#ifndef VTLOOKUP_CACHE_DROP_EXPIRED_H_
#define VTLOOKUP_CACHE_DROP_EXPIRED_H_

#include <rocksdb/compaction_filter.h>

#include "core/clock.h"

namespace vtlookup {

// Has compactions of RocksDB drop records that expired longer ago than the
// tier's grace. It drops nothing while the clock has been set by more than an
// hour since this object was made. RocksDB calls it from its own threads;
// thread-safe. Borrows the clock.
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
