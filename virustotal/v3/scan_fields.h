#ifndef VTLOOKUP_VIRUSTOTAL_V3_SCAN_FIELDS_H_
#define VTLOOKUP_VIRUSTOTAL_V3_SCAN_FIELDS_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "virustotal/api/json.h"

namespace vtlookup {

// Reads the two fields that both a report and a member of a relationship have:
// the time of the last scan, and its counts. The functions are thread-safe, and
// write only to the message, which the caller owns.

// Sets the message's `scan_time`. Does nothing when the value is no time.
template <typename Message>
void ReadScanTimeV3(json::value value, Message* out) {
  if (const std::optional<int64_t> seconds = ReadUnixTime(value)) {
    out->mutable_scan_time()->set_seconds(*seconds);
  }
}

// Reads statistics into `positives` and `total`. Engines that gave no opinion
// do not count. Sets neither field when the value is null or has no
// `malicious`. Returns false when the value is of another type, when a count in
// it is not a whole number, or when the sum is too large; the message is left
// as it was, and the statistics must not be used.
template <typename Message>
bool ReadStatsV3(json::value value, Message* out) {
  if (value.is_null()) return true;
  bool sound = value.is_object();
  std::optional<uint32_t> malicious;
  uint64_t total = 0;
  ForEachField(value, [&](std::string_view key, json::value field) {
    if (key != "malicious" && key != "suspicious" && key != "undetected" &&
        key != "harmless") {
      return;
    }
    const std::optional<uint32_t> count = ReadCount(field);
    sound = sound && (count.has_value() || field.is_null());
    total += count.value_or(0);
    if (key == "malicious") malicious = count;
  });
  if (!sound || total > UINT32_MAX) return false;
  if (!malicious.has_value()) return true;
  out->set_positives(*malicious);
  out->set_total(static_cast<uint32_t>(total));
  return true;
}

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_V3_SCAN_FIELDS_H_
