#ifndef VTLOOKUP_VIRUSTOTAL_V2_SCAN_FIELDS_H_
#define VTLOOKUP_VIRUSTOTAL_V2_SCAN_FIELDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "virustotal/api/json.h"

namespace vtlookup {

// Reads the fields that both a report and a member of a list have: the time of
// the last scan, and its counts. The functions are thread-safe, and write only
// to the message, which the caller owns.

// The time that a date of API v2 names, in seconds since 1970. Nothing when the
// text is no date.
std::optional<int64_t> ParseDateV2(std::string_view text);

// Sets the message's `scan_time`. Does nothing when the value is no date.
template <typename Message>
void ReadScanTimeV2(json::value value, Message* out) {
  std::string text;
  ReadText(value, &text);
  if (const std::optional<int64_t> seconds = ParseDateV2(text)) {
    out->mutable_scan_time()->set_seconds(*seconds);
  }
}

// Sets `positives` or `total`, if that is the key. Returns false when the value
// is neither a count nor null; the message is left as it was, and its counts
// must not be used.
template <typename Message>
bool ReadPositivesAndTotalV2(std::string_view key, json::value value,
                             Message* out) {
  if (key != "positives" && key != "total") return true;
  const std::optional<uint32_t> count = ReadCount(value);
  if (!count.has_value()) return value.is_null();
  if (key == "positives") {
    out->set_positives(*count);
  } else {
    out->set_total(*count);
  }
  return true;
}

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_V2_SCAN_FIELDS_H_
