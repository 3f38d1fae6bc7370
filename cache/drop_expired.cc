#include "cache/drop_expired.h"

#include "absl/time/time.h"
#include "cache/entry.h"

namespace vtlookup {

// Reads only the times of the record.
bool DropExpired::Filter(int /*level*/, const rocksdb::Slice& /*key*/,
                         const rocksdb::Slice& value,
                         std::string* /*new_value*/,
                         bool* /*value_changed*/) const {
  const absl::StatusOr<RecordTimes> times =
      TimesOf({value.data(), value.size()});
  // A record that cannot be read is of no use to anybody.
  if (!times.ok()) return true;
  const Moment now = clock_.ReadMoment();
  // The clock was set, perhaps for a moment only: by a wrong one everything
  // would seem to have expired.
  if (WasSet(now)) return false;
  return times->usable_until + grace_ < now.time ||
         times->stored > now.time + kLongestAhead + kClockSlack;
}

bool DropExpired::WasSet(const Moment& now) const {
  const absl::Duration off =
      (now.time - began_.time) - (now.uptime - began_.uptime);
  return absl::AbsDuration(off) > absl::Hours(1);
}

}  // namespace vtlookup
