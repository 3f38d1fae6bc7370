// The traps of API v2: the same field may be an int, a float, a string or null,
// and nearly every field may be missing.

#include "virustotal/v2/report.h"

#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "core/text.h"
#include "virustotal/api/report_fields.h"
#include "virustotal/v2/all_info.h"
#include "virustotal/v2/lists.h"
#include "virustotal/v2/scan_fields.h"

namespace vtlookup {
namespace {

template <typename Message>
void ReadWhoisTime(json::value value, Message* out) {
  if (const std::optional<int64_t> seconds = ReadUnixTime(value)) {
    out->mutable_whois_time()->set_seconds(*seconds);
  }
}

v1::EngineCategory CategoryOf(const v1::EngineResult& engine) {
  if (engine.detected()) return v1::ENGINE_CATEGORY_MALICIOUS;
  if (engine.result() == "suspicious site") {
    return v1::ENGINE_CATEGORY_SUSPICIOUS;
  }
  if (engine.result() == "clean site") return v1::ENGINE_CATEGORY_HARMLESS;
  return v1::ENGINE_CATEGORY_UNDETECTED;
}

template <typename Report>
void ReadEngines(json::value value, Report* report) {
  ForEachField(value, [report](std::string_view name, json::value scan) {
    v1::EngineResult* const engine = report->add_engines();
    engine->set_engine(std::string(name));
    ForEachField(scan, [engine](std::string_view key, json::value field) {
      if (key == "detected") {
        engine->set_detected(ReadBool(field));
      } else if (key == "result") {
        ReadText(field, engine->mutable_result());
      } else if (key == "version") {
        ReadText(field, engine->mutable_version());
      } else if (key == "update") {
        ReadText(field, engine->mutable_update());
      } else if (key == "detail") {
        ReadText(field, engine->mutable_detail());
      }
    });
    engine->set_category(CategoryOf(*engine));
  });
}

// Each function that reads a field of a report returns whether it knows the
// field.

template <typename Report>
bool ReadNetworkField(std::string_view key, json::value value, Report* report) {
  if (key == "whois") {
    ReadText(value, report->mutable_whois());
  } else if (key == "whois_timestamp") {
    ReadWhoisTime(value, report);
  } else {
    return ReadListV2(key, value, report);
  }
  return true;
}

bool ReadUrlField(std::string_view key, json::value value,
                  v1::UrlReport* report) {
  if (key == "resource") {
    ReadText(value, report->mutable_resource());
  } else if (key == "url") {
    ReadText(value, report->mutable_url());
  } else if (key == "filescan_id") {
    ReadText(value, report->mutable_file_scan_id());
  } else if (key == "scans") {
    ReadEngines(value, report);
  } else {
    return false;
  }
  return true;
}

bool ReadFileField(std::string_view key, json::value value,
                   v1::FileReport* report) {
  if (ReadHashField(key, value, report)) return true;
  if (key == "scans") {
    ReadEngines(value, report);
  } else if (key == "type") {
    ReadText(value, report->mutable_type());
  } else if (key == "size") {
    ReadSize(value, report);
  } else {
    return false;
  }
  return true;
}

void ReadWebutation(json::value value, v1::DomainReport* report) {
  ForEachField(value, [report](std::string_view key, json::value field) {
    if (key == "Verdict") {
      ReadText(field, report->mutable_webutation_verdict());
    } else if (key == "Safety score") {
      if (const std::optional<int64_t> score = ReadInt(field);
          score.has_value() && std::in_range<int32_t>(*score)) {
        report->set_webutation_safety_score(static_cast<int32_t>(*score));
      }
    }
  });
}

// Reads a field whose name is "<vendor> category" and whose value is a text.
bool ReadVendorCategory(std::string_view key, json::value value,
                        v1::DomainReport* report) {
  constexpr std::string_view kSuffix = " category";
  if (!absl::EndsWith(ToAbsl(key), ToAbsl(kSuffix)) || !value.is_string()) {
    return false;
  }
  const std::string vendor(key.substr(0, key.size() - kSuffix.size()));
  std::string category;
  ReadText(value, &category);
  if (vendor == "Websense ThreatSeeker") {
    report->set_websense_category(category);
  } else if (vendor == "Forcepoint ThreatSeeker") {
    report->set_forcepoint_category(category);
  }
  (*report->mutable_vendor_categories())[vendor] = std::move(category);
  return true;
}

bool ReadDomainField(std::string_view key, json::value value,
                     v1::DomainReport* report) {
  if (ReadNetworkField(key, value, report)) return true;
  if (key == "Webutation domain info") {
    ReadWebutation(value, report);
  } else {
    return ReadVendorCategory(key, value, report);
  }
  return true;
}

void ReadAsNumber(json::value value, v1::IpReport* report) {
  if (value.is_string()) {
    std::string text;
    ReadText(value, &text);
    report->set_as_number_text(std::move(text));
  } else if (const std::optional<int64_t> number = ReadInt(value);
             number.has_value() && *number >= 0) {
    report->set_as_number(static_cast<uint64_t>(*number));
  }
}

bool ReadIpField(std::string_view key, json::value value,
                 v1::IpReport* report) {
  if (ReadNetworkField(key, value, report) ||
      ReadAddressField(key, value, report)) {
    return true;
  }
  if (key != "asn") return false;
  ReadAsNumber(value, report);
  return true;
}

bool ReadReportField(Kind kind, std::string_view key, json::value value,
                     v1::Verdict* verdict) {
  switch (kind) {
    case Kind::kUrl:
    case Kind::kUrlScan:
      return ReadUrlField(key, value, verdict->mutable_url());
    case Kind::kFile:
      return ReadFileField(key, value, verdict->mutable_file());
    case Kind::kDomain:
      return ReadDomainField(key, value, verdict->mutable_domain());
    case Kind::kIp:
      return ReadIpField(key, value, verdict->mutable_ip());
  }
  return false;
}

}  // namespace

bool HasCountsV2(Kind kind) {
  return kind == Kind::kUrl || kind == Kind::kUrlScan || kind == Kind::kFile;
}

ReportV2 ReadReportV2(Kind kind, json::value value) {
  ReportV2 report;
  v1::Verdict* const verdict = &*report.verdict;
  ForEachField(value, [&](std::string_view key, json::value field) {
    if (key == "response_code") {
      report.response_code = ReadInt(field);
    } else if (key == "verbose_msg") {
      ReadText(field, verdict->mutable_message());
    } else if (key == "scan_date") {
      ReadScanTimeV2(field, verdict);
    } else if (key == "permalink") {
      ReadText(field, verdict->mutable_permalink());
    } else if (key == "scan_id") {
      ReadText(field, verdict->mutable_scan_id());
      // The scan id in VirusTotal's own documentation begins with a blank.
      absl::StripAsciiWhitespace(verdict->mutable_scan_id());
    } else if (HasCountsV2(kind) && (key == "positives" || key == "total")) {
      if (!ReadPositivesAndTotalV2(key, field, verdict))
        report.bad_counts = true;
    } else if (key == "resource") {
      ReadText(field, &report.resource);
      if (verdict->has_url() || kind == Kind::kUrl || kind == Kind::kUrlScan) {
        verdict->mutable_url()->set_resource(report.resource);
      }
    } else if (!ReadAllInfoV2(key, field, verdict)) {
      report.fields += ReadReportField(kind, key, field, verdict) ? 1 : 0;
    }
  });
  return report;
}

}  // namespace vtlookup
