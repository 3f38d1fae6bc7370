// Traps of API v3: statistics may be absent or all zero; their time-outs,
// failures and unsupported types are no opinions; vendors change the case of
// their names; inline relationships have ids only, and that of a resolution is
// address and host name joined.

#include "virustotal/v3/report.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "core/text.h"
#include "virustotal/api/json.h"
#include "virustotal/api/report_fields.h"
#include "virustotal/http/failures.h"

namespace vtlookup {
namespace {

template <typename Message>
void ReadScanTime(json::value value, Message* out) {
  if (const std::optional<int64_t> seconds = ReadUnixTime(value)) {
    out->mutable_scan_time()->set_seconds(*seconds);
  }
}

// Reads statistics into `positives` and `total`; sets neither when the value is
// null or has no `malicious`. False when it is of another type, when a count in
// it is not a whole number, or when the sum is too large.
template <typename Message>
bool ReadStats(json::value value, Message* out) {
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

// Unspecified for what is no opinion.
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

// The readers of attributes return whether they know the attribute.

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
  if (key != "last_analysis_results") return false;
  ReadEngines(value, report);
  return true;
}

bool ReadDomainAttribute(std::string_view key, json::value value,
                         v1::DomainReport* report) {
  if (key == "categories") {
    ReadCategories(value, report);
    return true;
  }
  return ReadNetworkAttribute(key, value, report);
}

bool ReadIpAttribute(std::string_view key, json::value value,
                     v1::IpReport* report) {
  if (ReadNetworkAttribute(key, value, report) ||
      ReadAddressField(key, value, report)) {
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

// What an analysis calls `stats` and `date`, other objects call
// `last_analysis_stats` and `last_analysis_date`.
void ReadAttributes(Kind kind, json::value value, ObjectV3* object) {
  const bool analysis = kind == Kind::kUrlScan;
  const std::string_view stats = analysis ? "stats" : "last_analysis_stats";
  const std::string_view date = analysis ? "date" : "last_analysis_date";
  v1::Verdict* const verdict = &*object->verdict;
  ForEachField(value, [&](std::string_view key, json::value field) {
    if (key == stats) {
      object->bad_counts = !ReadStats(field, verdict);
    } else if (key == date) {
      ReadScanTime(field, verdict);
    } else if (key == "status") {
      ReadText(field, &object->status);
    } else {
      object->fields += ReadReportAttribute(kind, key, field, verdict) ? 1 : 0;
    }
  });
}

// The ids of a relationship's members. Returns whether it is a list at all.
template <typename Visit>
bool ForEachId(json::value relationship, Visit visit) {
  bool is_list = false;
  ForEachField(relationship, [&](std::string_view name, json::value list) {
    if (name != "data") return;
    is_list = list.is_array();
    ForEachItem(list, [&](json::value member) {
      ForEachField(member, [&](std::string_view key, json::value field) {
        if (key != "id") return;
        std::string id;
        ReadText(field, &id);
        if (!id.empty()) visit(std::move(id));
      });
    });
  });
  return is_list;
}

// Splits what was joined at the half that was asked for.
v1::Resolution ResolutionOf(const Indicator& asked, std::string_view id) {
  v1::Resolution resolution;
  absl::string_view rest = ToAbsl(id);
  if (asked.kind() == Kind::kDomain &&
      absl::ConsumeSuffix(&rest, ToAbsl(asked.text()))) {
    resolution.set_ip_address(std::string(rest));
  } else if (asked.kind() == Kind::kIp &&
             absl::ConsumePrefix(&rest, ToAbsl(asked.text()))) {
    resolution.set_host_name(std::string(rest));
  }
  return resolution;
}

template <typename Report>
bool ReadNetworkRelationship(const Indicator& asked, std::string_view name,
                             json::value value, Report* report) {
  if (name == "resolutions") {
    const bool sent = ForEachId(value, [&](const std::string& id) {
      v1::Resolution resolution = ResolutionOf(asked, id);
      if (resolution.ByteSizeLong() > 0) {
        *report->add_resolutions() = std::move(resolution);
      }
    });
    if (sent) NoteIfEmpty("resolutions", report->resolutions(), report);
  } else if (name == "communicating_files") {
    const bool sent = ForEachId(value, [report](std::string id) {
      report->add_communicating_files()->set_sha256(std::move(id));
    });
    if (sent) {
      NoteIfEmpty("communicating_files", report->communicating_files(), report);
    }
  } else {
    return false;
  }
  return true;
}

void ReadRelationships(const Indicator& asked, json::value value,
                       v1::Verdict* verdict) {
  ForEachField(value, [&](std::string_view name, json::value relationship) {
    if (asked.kind() == Kind::kIp) {
      ReadNetworkRelationship(asked, name, relationship, verdict->mutable_ip());
    } else if (asked.kind() == Kind::kDomain) {
      v1::DomainReport* const report = verdict->mutable_domain();
      if (ReadNetworkRelationship(asked, name, relationship, report)) return;
      if (name != "siblings" && name != "subdomains") return;
      auto* const domains = name == "siblings" ? report->mutable_siblings()
                                               : report->mutable_subdomains();
      const bool sent = ForEachId(relationship, [domains](std::string id) {
        *domains->Add() = std::move(id);
      });
      if (sent) {
        NoteIfEmpty(name == "siblings" ? "siblings" : "subdomains", *domains,
                    report);
      }
    }
  });
}

// `url_info` of an analysis.
void ReadMeta(json::value value, ObjectV3* object) {
  ForEachField(value, [object](std::string_view name, json::value info) {
    if (name != "url_info") return;
    ForEachField(info, [object](std::string_view key, json::value field) {
      if (key == "id") ReadText(field, &object->item_id);
      if (key == "url") ReadText(field, &object->item_url);
    });
  });
}

void ReadData(const Indicator& indicator, json::value value, ObjectV3* object) {
  ForEachField(value, [&](std::string_view key, json::value field) {
    if (key == "type") {
      ReadText(field, &object->type);
    } else if (key == "id") {
      ReadText(field, &object->id);
    } else if (key == "attributes") {
      ReadAttributes(indicator.kind(), field, object);
    } else if (key == "relationships") {
      ReadRelationships(indicator, field, &*object->verdict);
    }
  });
}

void ReadMember(json::value value, v1::UrlDetection* out) {
  ForEachField(value, [out](std::string_view name, json::value field) {
    if (name == "id") ReadText(field, out->mutable_sha256());
    if (name != "attributes") return;
    ForEachField(field, [out](std::string_view key, json::value attribute) {
      if (key == "url") {
        ReadText(attribute, out->mutable_url());
      } else if (key == "last_analysis_date") {
        ReadScanTime(attribute, out);
      } else if (key == "last_analysis_stats") {
        ReadStats(attribute, out);
      }
    });
  });
}

void ReadMember(json::value value, v1::FileDetection* out) {
  ForEachField(value, [out](std::string_view name, json::value field) {
    if (name == "id") ReadText(field, out->mutable_sha256());
    if (name != "attributes") return;
    ForEachField(field, [out](std::string_view key, json::value attribute) {
      if (key == "last_analysis_date") {
        ReadScanTime(attribute, out);
      } else if (key == "last_analysis_stats") {
        ReadStats(attribute, out);
      }
    });
  });
}

template <typename Detection>
absl::StatusOr<PageV3<Detection>> ReadPage(std::string body) {
  return ReadJson(
      std::move(body),
      [](json::value root) -> absl::StatusOr<PageV3<Detection>> {
        PageV3<Detection> page;
        bool is_page = false;
        bool is_error = false;
        ForEachField(root, [&](std::string_view name, json::value field) {
          if (name == "data") {
            is_page = field.is_array();
            ForEachItem(field, [&page](json::value member) {
              ReadMember(member, &page.items.emplace_back());
            });
          } else if (name == "meta") {
            ForEachField(field,
                         [&page](std::string_view key, json::value value) {
                           if (key == "cursor") ReadText(value, &page.cursor);
                         });
          } else if (name == "error") {
            is_error = true;
          }
        });
        if (!is_page || is_error) return BadAnswer("no page of a relationship");
        return page;
      });
}

}  // namespace

absl::StatusOr<ObjectV3> ReadObjectV3(const Indicator& indicator,
                                      std::string body) {
  return ReadJson(std::move(body),
                  [&indicator](json::value root) -> absl::StatusOr<ObjectV3> {
                    ObjectV3 object;
                    bool is_error = false;
                    ForEachField(root,
                                 [&](std::string_view name, json::value field) {
                                   if (name == "data") {
                                     ReadData(indicator, field, &object);
                                   } else if (name == "meta") {
                                     ReadMeta(field, &object);
                                   } else if (name == "error") {
                                     is_error = true;
                                   }
                                 });
                    if (object.id.empty() || is_error) {
                      return BadAnswer("no object of API v3");
                    }
                    return object;
                  });
}

absl::StatusOr<PageV3<v1::UrlDetection>> ReadUrlPageV3(std::string body) {
  return ReadPage<v1::UrlDetection>(std::move(body));
}

absl::StatusOr<PageV3<v1::FileDetection>> ReadFilePageV3(std::string body) {
  return ReadPage<v1::FileDetection>(std::move(body));
}

}  // namespace vtlookup
