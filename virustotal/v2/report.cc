// Types drift in API v2, between int, float, string and null; `undetected_urls`
// are arrays of five where `detected_urls` are objects; nearly every field may
// be missing.

#include "virustotal/v2/report.h"

#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/time/time.h"
#include "core/text.h"
#include "virustotal/api/report_fields.h"

namespace vtlookup {
namespace {

std::optional<int64_t> ParseDate(std::string_view text) {
  absl::Time time;
  std::string error;
  for (const char* format : {"%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"}) {
    if (absl::ParseTime(format, ToAbsl(text), &time, &error)) {
      return absl::ToUnixSeconds(time);
    }
  }
  return std::nullopt;
}

template <typename Message>
void ReadScanTime(json::value value, Message* out) {
  std::string text;
  ReadText(value, &text);
  if (const std::optional<int64_t> seconds = ParseDate(text)) {
    out->mutable_scan_time()->set_seconds(*seconds);
  }
}

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

// False when `positives` or `total` was sent and is neither a count nor null.
template <typename Message>
bool ReadPositivesAndTotal(std::string_view key, json::value value,
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

// Removes counts that contradict each other from a member of a list.
template <typename Message>
void DropImpossibleCounts(Message* out) {
  if (!out->has_total() || out->positives() <= out->total()) return;
  out->clear_positives();
  out->clear_total();
}

// An object in `detected_urls`, an array of five in `undetected_urls`.
void ReadUrlDetection(json::value value, v1::UrlDetection* out) {
  if (value.is_array()) {
    int at = 0;
    ForEachItem(value, [&](json::value item) {
      switch (at++) {
        case 0:
          return ReadText(item, out->mutable_url());
        case 1:
          return ReadText(item, out->mutable_sha256());
        case 2:
          ReadPositivesAndTotal("positives", item, out);
          return;
        case 3:
          ReadPositivesAndTotal("total", item, out);
          return;
        case 4:
          return ReadScanTime(item, out);
        default:
          return;
      }
    });
  }
  ForEachField(value, [out](std::string_view key, json::value field) {
    if (key == "url") {
      ReadText(field, out->mutable_url());
    } else if (key == "scan_date") {
      ReadScanTime(field, out);
    } else {
      ReadPositivesAndTotal(key, field, out);
    }
  });
  DropImpossibleCounts(out);
}

void ReadFileDetection(json::value value, v1::FileDetection* out) {
  ForEachField(value, [out](std::string_view key, json::value field) {
    if (key == "sha256") {
      ReadText(field, out->mutable_sha256());
    } else if (key == "date") {
      ReadScanTime(field, out);
    } else {
      ReadPositivesAndTotal(key, field, out);
    }
  });
  DropImpossibleCounts(out);
}

void ReadResolution(json::value value, v1::Resolution* out) {
  ForEachField(value, [out](std::string_view key, json::value field) {
    if (key == "ip_address") {
      ReadText(field, out->mutable_ip_address());
    } else if (key == "hostname") {
      ReadText(field, out->mutable_host_name());
    } else if (key == "last_resolved") {
      std::string text;
      ReadText(field, &text);
      if (const std::optional<int64_t> seconds = ParseDate(text)) {
        out->mutable_last_resolved()->set_seconds(*seconds);
      }
    }
  });
}

// The readers of a report's field return whether they know it.

// Reads a list, which may be sent empty; `name` is that of its field in the
// report.
template <typename List, typename Read, typename Report>
void ReadNamedList(const char* name, json::value value, List* list, Read read,
                   Report* report) {
  const bool sent = value.is_array();
  read(value, list);
  if (sent) NoteIfEmpty(name, *list, report);
}

template <typename Message, typename Report>
void ReadMessages(const char* name, json::value value,
                  google::protobuf::RepeatedPtrField<Message>* list,
                  void (*read)(json::value, Message*), Report* report) {
  const auto read_all = [read](json::value items, auto* out) {
    ReadList(items, out, read);
  };
  ReadNamedList(name, value, list, read_all, report);
}

template <typename Report>
void ReadUrls(const char* name, json::value value,
              google::protobuf::RepeatedPtrField<v1::UrlDetection>* urls,
              Report* report) {
  ReadMessages(name, value, urls, ReadUrlDetection, report);
}

template <typename Report>
void ReadFiles(const char* name, json::value value,
               google::protobuf::RepeatedPtrField<v1::FileDetection>* files,
               Report* report) {
  ReadMessages(name, value, files, ReadFileDetection, report);
}

// What domains and addresses have in common.
template <typename Report>
bool ReadNetworkList(std::string_view key, json::value value, Report* report) {
  if (key == "resolutions") {
    ReadMessages("resolutions", value, report->mutable_resolutions(),
                 ReadResolution, report);
  } else if (key == "detected_urls") {
    ReadUrls("detected_urls", value, report->mutable_detected_urls(), report);
  } else if (key == "undetected_urls") {
    ReadUrls("undetected_urls", value, report->mutable_undetected_urls(),
             report);
  } else if (key == "detected_communicating_samples") {
    ReadFiles("detected_communicating_files", value,
              report->mutable_detected_communicating_files(), report);
  } else if (key == "detected_downloaded_samples") {
    ReadFiles("detected_downloaded_files", value,
              report->mutable_detected_downloaded_files(), report);
  } else if (key == "detected_referrer_samples") {
    ReadFiles("detected_referrer_files", value,
              report->mutable_detected_referrer_files(), report);
  } else if (key == "undetected_communicating_samples") {
    ReadFiles("undetected_communicating_files", value,
              report->mutable_undetected_communicating_files(), report);
  } else if (key == "undetected_downloaded_samples") {
    ReadFiles("undetected_downloaded_files", value,
              report->mutable_undetected_downloaded_files(), report);
  } else if (key == "undetected_referrer_samples") {
    ReadFiles("undetected_referrer_files", value,
              report->mutable_undetected_referrer_files(), report);
  } else {
    return false;
  }
  return true;
}

template <typename Report>
bool ReadNetworkField(std::string_view key, json::value value, Report* report) {
  if (key == "whois") {
    ReadText(value, report->mutable_whois());
  } else if (key == "whois_timestamp") {
    ReadWhoisTime(value, report);
  } else {
    return ReadNetworkList(key, value, report);
  }
  return true;
}

// Reads a list of texts, likewise.
void ReadNamedTexts(const char* name, json::value value,
                    google::protobuf::RepeatedPtrField<std::string>* texts,
                    v1::DomainReport* report) {
  const auto read = [](json::value items, auto* list) {
    ReadTexts(items, list);
  };
  ReadNamedList(name, value, texts, read, report);
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
  if (key != "scans") return false;
  ReadEngines(value, report);
  return true;
}

void ReadWebutation(json::value value, v1::DomainReport* report) {
  ForEachField(value, [report](std::string_view key, json::value field) {
    if (key == "Verdict") {
      ReadText(field, report->mutable_webutation_verdict());
    } else if (key == "Safety score") {
      if (const std::optional<int64_t> score = ReadInt(field)) {
        report->set_webutation_safety_score(static_cast<int32_t>(*score));
      }
    }
  });
}

// "<vendor> category": one text.
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
  if (key == "categories") {
    ReadNamedTexts("categories", value, report->mutable_categories(), report);
  } else if (key == "domain_siblings") {
    ReadNamedTexts("siblings", value, report->mutable_siblings(), report);
  } else if (key == "subdomains") {
    ReadNamedTexts("subdomains", value, report->mutable_subdomains(), report);
  } else if (key == "Webutation domain info") {
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
      ReadScanTime(field, verdict);
    } else if (key == "permalink") {
      ReadText(field, verdict->mutable_permalink());
    } else if (key == "scan_id") {
      ReadText(field, verdict->mutable_scan_id());
      // The documentation's own sample has a blank in front.
      absl::StripAsciiWhitespace(verdict->mutable_scan_id());
    } else if (HasCountsV2(kind) && (key == "positives" || key == "total")) {
      if (!ReadPositivesAndTotal(key, field, verdict)) report.bad_counts = true;
    } else if (key == "resource") {
      ReadText(field, &report.resource);
      if (verdict->has_url() || kind == Kind::kUrl || kind == Kind::kUrlScan) {
        verdict->mutable_url()->set_resource(report.resource);
      }
    } else {
      report.fields += ReadReportField(kind, key, field, verdict) ? 1 : 0;
    }
  });
  return report;
}

}  // namespace vtlookup
