#ifndef VTLOOKUP_TESTS_VIRUSTOTAL_KEYS_QUOTA_HELPERS_H_
#define VTLOOKUP_TESTS_VIRUSTOTAL_KEYS_QUOTA_HELPERS_H_

#include <gtest/gtest.h>

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "core/clock.h"
#include "core/failure.h"
#include "virustotal/keys/lane.h"
#include "virustotal/keys/quota.h"

namespace vtlookup {

inline absl::Time TimeOf(const char* text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime("%Y-%m-%d %H:%M:%S", text, &time, &error));
  return time;
}

// By a clock that is right; the machine was started on the 1st of November.
inline Moment At(const char* text) {
  return {TimeOf(text), TimeOf(text) - TimeOf("2026-11-01 00:00:00")};
}

inline Moment operator+(const Moment& moment, absl::Duration later) {
  return {moment.time + later, moment.uptime + later};
}

// By a clock that is wrong.
inline Moment Wrong(const Moment& moment, absl::Duration by) {
  return {moment.time + by, moment.uptime};
}

// Counts one request that is answered at once, or says what stands in the way.
inline absl::Status Take(Quota& quota, const Moment& now,
                         Lane lane = Lane::kInteractive) {
  const Quota::Opening opening = quota.OpeningFor(lane, 0, now);
  if (opening.at > now.time) return QuotaFailureOf(opening, now.time);
  quota.Count(now);
  quota.Ended(now.uptime, now.uptime);
  return absl::OkStatus();
}

// What VirusTotal may tell of a day.
inline Quota::Told TellsOfDay(uint32_t allowed, uint32_t used) {
  Quota::Told told;
  told[WindowKind::kDay] = {.allowed = allowed, .used = used};
  return told;
}

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_VIRUSTOTAL_KEYS_QUOTA_HELPERS_H_
