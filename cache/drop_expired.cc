#include "cache/drop_expired.h"

#include "absl/time/time.h"
#include "cache/entry.h"

namespace vtlookup {

bool DropExpired::Filter(int /*level*/, const rocksdb::Slice& /*key*/,
                         const rocksdb::Slice& value,
                         std::string* /*new_value*/,
                         bool* /*value_changed*/) const {
  const absl::StatusOr<RecordTimes> times =
      TimesOf({value.data(), value.size()});
  // Such a record cannot be read, so it is of no use.
  if (!times.ok()) return true;
  const Moment now = clock_.ReadMoment();
  // Somebody has set the clock, perhaps only for a moment. If the new time is
  // wrong, all records may seem to have expired.
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
