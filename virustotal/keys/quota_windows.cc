#include "virustotal/keys/quota_windows.h"

#include "absl/time/civil_time.h"

namespace vtlookup {
namespace {

template <typename Civil>
absl::Time BeginOfUtc(absl::Time now, int later) {
  const absl::TimeZone utc = absl::UTCTimeZone();
  return absl::FromCivil(Civil(absl::ToCivilSecond(now, utc)) + later, utc);
}

}  // namespace

absl::Time BeginOfUtcDay(absl::Time now, int later) {
  return BeginOfUtc<absl::CivilDay>(now, later);
}

absl::Time BeginOfUtcMonth(absl::Time now, int later) {
  return BeginOfUtc<absl::CivilMonth>(now, later);
}

}  // namespace vtlookup
