// The traps of API v3: statistics may be absent or all zero. An engine that
// timed out, failed or does not support the type gives no opinion. The case of
// vendors' names changes from report to report.

#include "virustotal/v3/attributes.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/match.h"
#include "core/text.h"
#include "virustotal/api/report_fields.h"
#include "virustotal/v3/scan_fields.h"
#include "virustotal/v3/statements.h"

namespace vtlookup {
namespace {

// Returns ENGINE_CATEGORY_UNSPECIFIED for a text that is no opinion.
v1::EngineCategory CategoryOf(std::string_view text) {
  if (text == "malicious") return v1::ENGINE_CATEGORY_MALICIOUS;
  if (text == "suspicious") return v1::ENGINE_CATEGORY_SUSPICIOUS;
  if (text == "harmless") return v1::ENGINE_CATEGORY_HARMLESS;
  if (text == "undetected") return v1::ENGINE_CATEGORY_UNDETECTED;
  return v1::ENGINE_CATEGORY_UNSPECIFIED;
}

template <typename Report>
void ReadEngines(json::value value, Report* report) {
  ForEachField(value, [report](std::string_view name, json::value result) {
    v1::EngineResult* const engine = report->add_engines();
    engine->set_engine(std::string(name));
    ForEachField(result, [engine](std::string_view key, json::value field) {
      if (key == "category") {
        std::string text;
        ReadText(field, &text);
        engine->set_category(CategoryOf(text));
      } else if (key == "result") {
        ReadText(field, engine->mutable_result());
      } else if (key == "engine_version") {
        ReadText(field, engine->mutable_version());
      } else if (key == "engine_update") {
        ReadText(field, engine->mutable_update());
      }
    });
    engine->set_detected(engine->category() == v1::ENGINE_CATEGORY_MALICIOUS);
    if (engine->category() == v1::ENGINE_CATEGORY_UNSPECIFIED) {
      report->mutable_engines()->RemoveLast();
    }
  });
}

void ReadCategories(json::value value, v1::DomainReport* report) {
  ForEachField(value, [report](std::string_view vendor, json::value field) {
    std::string category;
    ReadText(field, &category);
    if (category.empty()) return;
    if (absl::EqualsIgnoreCase(ToAbsl(vendor), "Websense ThreatSeeker")) {
      report->set_websense_category(category);
    } else if (absl::EqualsIgnoreCase(ToAbsl(vendor),
                                      "Forcepoint ThreatSeeker")) {
      report->set_forcepoint_category(category);
    }
    auto* const all = report->mutable_categories();
    if (std::find(all->begin(), all->end(), category) == all->end()) {
      *all->Add() = category;
    }
    (*report->mutable_vendor_categories())[std::string(vendor)] =
        std::move(category);
  });
}

// Each function that reads an attribute returns whether it knows the attribute.

template <typename Report>
bool ReadNetworkAttribute(std::string_view key, json::value value,
                          Report* report) {
  if (key == "whois") {
    ReadText(value, report->mutable_whois());
  } else if (key == "whois_date") {
    if (const std::optional<int64_t> seconds = ReadUnixTime(value)) {
      report->mutable_whois_time()->set_seconds(*seconds);
    }
  } else if (key == "last_analysis_results") {
    ReadEngines(value, report);
  } else {
    return false;
  }
  return true;
}

bool ReadUrlAttribute(std::string_view key, json::value value,
                      v1::UrlReport* report) {
  if (key == "url") {
    ReadText(value, report->mutable_url());
  } else if (key == "title") {
    ReadText(value, report->mutable_title());
  } else if (key == "last_final_url") {
    ReadText(value, report->mutable_final_url());
  } else if (key == "last_analysis_results") {
    ReadEngines(value, report);
  } else {
    return false;
  }
  return true;
}

bool ReadAnalysisAttribute(std::string_view key, json::value value,
                           v1::UrlReport* report) {
  if (key != "results") return false;
  ReadEngines(value, report);
  return true;
}

bool ReadFileAttribute(std::string_view key, json::value value,
                       v1::FileReport* report) {
  if (ReadHashField(key, value, report)) return true;
  if (key == "last_analysis_results") {
    ReadEngines(value, report);
  } else if (key == "type_description") {
    ReadText(value, report->mutable_type());
  } else if (key == "size") {
    ReadSize(value, report);
  } else if (key == "meaningful_name") {
    ReadText(value, report->mutable_name());
  } else {
    return false;
  }
  return true;
}

bool ReadDomainAttribute(std::string_view key, json::value value,
                         v1::DomainReport* report) {
  if (key == "categories") {
    ReadCategories(value, report);
  } else if (key == "registrar") {
    ReadText(value, report->mutable_registrar());
  } else if (key == "creation_date") {
    if (const std::optional<int64_t> seconds = ReadUnixTime(value)) {
      report->mutable_created()->set_seconds(*seconds);
    }
  } else {
    return ReadNetworkAttribute(key, value, report);
  }
  return true;
}

bool ReadIpAttribute(std::string_view key, json::value value,
                     v1::IpReport* report) {
  if (ReadNetworkAttribute(key, value, report) ||
      ReadAddressField(key, value, report)) {
    return true;
  }
  if (key == "regional_internet_registry") {
    ReadText(value, report->mutable_registry());
    return true;
  }
  if (key != "asn") return false;
  const std::optional<int64_t> number = ReadInt(value);
  if (number.has_value() && *number >= 0) {
    report->set_as_number(static_cast<uint64_t>(*number));
  }
  return true;
}

bool ReadReportAttribute(Kind kind, std::string_view key, json::value value,
                         v1::Verdict* verdict) {
  switch (kind) {
    case Kind::kUrl:
      return ReadUrlAttribute(key, value, verdict->mutable_url());
    case Kind::kUrlScan:
      return ReadAnalysisAttribute(key, value, verdict->mutable_url());
    case Kind::kFile:
      return ReadFileAttribute(key, value, verdict->mutable_file());
    case Kind::kDomain:
      return ReadDomainAttribute(key, value, verdict->mutable_domain());
    case Kind::kIp:
      return ReadIpAttribute(key, value, verdict->mutable_ip());
  }
  return false;
}

}  // namespace

// An analysis calls the two attributes `stats` and `date`; other objects call
// them `last_analysis_stats` and `last_analysis_date`.
void ReadAttributesV3(Kind kind, json::value value, ObjectV3* object) {
  const bool analysis = kind == Kind::kUrlScan;
  const std::string_view stats = analysis ? "stats" : "last_analysis_stats";
  const std::string_view date = analysis ? "date" : "last_analysis_date";
  v1::Verdict* const verdict = &*object->verdict;
  ForEachField(value, [&](std::string_view key, json::value field) {
    if (key == stats) {
      object->has_statistics = !field.is_null();
      object->bad_counts = !ReadStatsV3(field, verdict);
      ReadCountsV3(field, verdict);
    } else if (key == date) {
      ReadScanTimeV3(field, verdict);
    } else if (key == "status") {
      ReadText(field, &object->status);
    } else if (!ReadStatementV3(key, field, verdict)) {
      object->fields += ReadReportAttribute(kind, key, field, verdict) ? 1 : 0;
    }
  });
}

}  // namespace vtlookup
