#include "virustotal/v2/all_info.h"

#include <cstdint>
#include <optional>
#include <string>

#include "virustotal/api/report_fields.h"
#include "virustotal/v2/scan_fields.h"

namespace vtlookup {
namespace {

std::optional<int64_t> ReadDate(json::value value) {
  std::string text;
  ReadText(value, &text);
  return ParseDateV2(text);
}

}  // namespace

bool ReadAllInfoV2(std::string_view key, json::value value,
                   v1::Verdict* verdict) {
  if (ReadSharedStatement(key, value, verdict)) return true;
  if (key == "community_reputation") {
    ReadReputation(value, verdict);
  } else if (key == "harmless_votes") {
    if (const auto count = ReadCount(value)) {
      verdict->mutable_votes()->set_harmless(*count);
    }
  } else if (key == "malicious_votes") {
    if (const auto count = ReadCount(value)) {
      verdict->mutable_votes()->set_malicious(*count);
    }
  } else if (key == "first_seen") {
    if (const auto seconds = ReadDate(value)) {
      verdict->mutable_first_submitted()->set_seconds(*seconds);
    }
  } else if (key == "last_seen") {
    if (const auto seconds = ReadDate(value)) {
      verdict->mutable_last_submitted()->set_seconds(*seconds);
    }
  } else if (key == "submission_names") {
    ReadTexts(value, verdict->mutable_names());
  } else {
    return false;
  }
  return true;
}

}  // namespace vtlookup
