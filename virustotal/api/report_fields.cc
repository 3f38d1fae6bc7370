#include "virustotal/api/report_fields.h"

#include <cstdint>
#include <optional>
#include <utility>

namespace vtlookup {

bool ReadHashField(std::string_view key, json::value value,
                   v1::FileReport* report) {
  if (key == "md5") {
    ReadText(value, report->mutable_md5());
  } else if (key == "sha1") {
    ReadText(value, report->mutable_sha1());
  } else if (key == "sha256") {
    ReadText(value, report->mutable_sha256());
  } else {
    return false;
  }
  return true;
}

bool ReadAddressField(std::string_view key, json::value value,
                      v1::IpReport* report) {
  if (key == "as_owner") {
    ReadText(value, report->mutable_as_owner());
  } else if (key == "country") {
    ReadText(value, report->mutable_country());
  } else if (key == "continent") {
    ReadText(value, report->mutable_continent());
  } else if (key == "network") {
    ReadText(value, report->mutable_network());
  } else {
    return false;
  }
  return true;
}

bool ReadSharedStatement(std::string_view key, json::value value,
                         v1::Verdict* verdict) {
  if (key == "tags") {
    ReadTexts(value, verdict->mutable_tags());
  } else if (key == "times_submitted") {
    if (const auto count = ReadCount(value)) {
      verdict->set_times_submitted(*count);
    }
  } else {
    return false;
  }
  return true;
}

void ReadSize(json::value value, v1::FileReport* report) {
  const std::optional<int64_t> size = ReadInt(value);
  if (size.has_value() && *size >= 0) {
    report->set_size(static_cast<uint64_t>(*size));
  }
}

void ReadReputation(json::value value, v1::Verdict* verdict) {
  const std::optional<int64_t> number = ReadInt(value);
  if (number.has_value() && std::in_range<int32_t>(*number)) {
    verdict->set_reputation(static_cast<int32_t>(*number));
  }
}

}  // namespace vtlookup
