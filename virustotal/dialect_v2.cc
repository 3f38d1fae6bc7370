// VirusTotal's API v2. Its traps: HTTP 200 says nothing, only `response_code`
// does; a used-up quota is 204 with an empty body; an unknown URL submitted by
// `scan=1` comes as code 1 without counts; types drift between int, float,
// string and null; an array may hold fewer answers than were asked.

#include <simdjson.h>

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/text.h"
#include "virustotal/dialect.h"
#include "virustotal/failures.h"
#include "virustotal/form.h"

namespace vtlookup {
namespace {

namespace json = simdjson::ondemand;

constexpr absl::Duration kMinuteQuotaPause = absl::Minutes(1);

// --- Requests ---------------------------------------------------------------

HttpRequest Post(std::string url, std::string form) {
  return {.url = std::move(url), .form = std::move(form), .headers = {}};
}

// v2 has no other way for these two: the key stands in the query.
HttpRequest Get(std::string url, const std::string& query) {
  return {.url = absl::StrCat(url, "?", query),
          .form = std::nullopt,
          .headers = {}};
}

absl::Status CanAsk(const Indicator& indicator) {
  if (indicator.kind() == Kind::kIp &&
      absl::StrContains(ToAbsl(indicator.text()), ':')) {
    return absl::InvalidArgumentError(
        "VirusTotal's API v2 does not know IPv6 addresses");
  }
  return absl::OkStatus();
}

HttpRequest Request(std::string_view base_url, std::string_view api_key,
                    const Indicator& indicator, Ask ask) {
  const std::string api = absl::StrCat(ToAbsl(base_url), "/vtapi/v2/");
  const std::string_view text = indicator.text();
  switch (indicator.kind()) {
    case Kind::kFile:
      return Post(absl::StrCat(api, "file/report"),
                  EncodeForm({{"apikey", api_key}, {"resource", text}}));
    case Kind::kUrl:
      if (ask == Ask::kSubmit) {
        return Post(absl::StrCat(api, "url/scan"),
                    EncodeForm({{"apikey", api_key}, {"url", text}}));
      }
      return Post(
          absl::StrCat(api, "url/report"),
          EncodeForm({{"apikey", api_key},
                      {"resource", text},
                      {"scan", ask == Ask::kReportOrSubmit ? "1" : "0"}}));
    case Kind::kUrlScan:
      return Post(absl::StrCat(api, "url/report"),
                  EncodeForm({{"apikey", api_key}, {"resource", text}}));
    case Kind::kDomain:
      return Get(absl::StrCat(api, "domain/report"),
                 EncodeForm({{"apikey", api_key}, {"domain", text}}));
    case Kind::kIp:
      return Get(absl::StrCat(api, "ip-address/report"),
                 EncodeForm({{"apikey", api_key}, {"ip", text}}));
  }
  return {};
}

// --- Values, which may be of another type than usual, or null ---------------
// A value of a type that makes no sense reads as not sent.

void ReadText(json::value value, std::string* out) {
  std::string_view text;
  if (value.get_string().get(text) == simdjson::SUCCESS) *out = text;
}

std::optional<int64_t> ReadInt(json::value value) {
  if (value.type() == json::json_type::string) {
    std::string_view text;
    int64_t parsed = 0;
    if (value.get_string().get(text) == simdjson::SUCCESS &&
        absl::SimpleAtoi(ToAbsl(text), &parsed)) {
      return parsed;
    }
    return std::nullopt;
  }
  double number = 0;  // exact up to 2^53; v2 sends some times as floats
  if (value.get_double().get(number) != simdjson::SUCCESS ||
      !(number > -9e15 && number < 9e15)) {
    return std::nullopt;
  }
  return static_cast<int64_t>(number);
}

std::optional<uint32_t> ReadCount(json::value value) {
  const std::optional<int64_t> number = ReadInt(value);
  if (!number.has_value() || *number < 0 || *number > UINT32_MAX) {
    return std::nullopt;
  }
  return static_cast<uint32_t>(*number);
}

bool ReadBool(json::value value) {
  bool truth = false;
  return value.get_bool().get(truth) == simdjson::SUCCESS && truth;
}

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
  if (const std::optional<int64_t> seconds = ReadInt(value)) {
    out->mutable_whois_time()->set_seconds(*seconds);
  }
}

template <typename Visit>
void ForEachField(json::value value, Visit visit) {
  if (value.type() != json::json_type::object) return;
  for (json::field field : value.get_object()) {
    const std::string_view key = field.unescaped_key();
    visit(key, field.value());
  }
}

template <typename Visit>
void ForEachItem(json::value value, Visit visit) {
  if (value.type() != json::json_type::array) return;
  for (json::value item : value.get_array()) visit(item);
}

template <typename Strings>
void ReadTexts(json::value value, Strings* out) {
  ForEachItem(value, [out](json::value item) { ReadText(item, out->Add()); });
}

// --- Parts of reports -------------------------------------------------------

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

template <typename Message>
void ReadPositivesAndTotal(std::string_view key, json::value value,
                           Message* out) {
  if (key != "positives" && key != "total") return;
  const std::optional<uint32_t> count = ReadCount(value);
  if (!count.has_value()) return;
  if (key == "positives") {
    out->set_positives(*count);
  } else {
    out->set_total(*count);
  }
}

// An object in `detected_urls`, an array of five in `undetected_urls`.
void ReadUrlDetection(json::value value, v1::UrlDetection* out) {
  if (value.type() == json::json_type::array) {
    int at = 0;
    ForEachItem(value, [&](json::value item) {
      switch (at++) {
        case 0:
          return ReadText(item, out->mutable_url());
        case 1:
          return ReadText(item, out->mutable_sha256());
        case 2:
          return ReadPositivesAndTotal("positives", item, out);
        case 3:
          return ReadPositivesAndTotal("total", item, out);
        case 4:
          return ReadScanTime(item, out);
        default:
          return;
      }
    });
    return;
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

template <typename Messages, typename Read>
void ReadList(json::value value, Messages* out, Read read) {
  ForEachItem(value, [out, read](json::value item) { read(item, out->Add()); });
}

// What domains and addresses have in common. False: not such a key.
template <typename Report>
bool ReadNetworkField(std::string_view key, json::value value, Report* report) {
  if (key == "resolutions") {
    ReadList(value, report->mutable_resolutions(), ReadResolution);
  } else if (key == "detected_urls") {
    ReadList(value, report->mutable_detected_urls(), ReadUrlDetection);
  } else if (key == "undetected_urls") {
    ReadList(value, report->mutable_undetected_urls(), ReadUrlDetection);
  } else if (key == "detected_communicating_samples") {
    ReadList(value, report->mutable_detected_communicating_files(),
             ReadFileDetection);
  } else if (key == "detected_downloaded_samples") {
    ReadList(value, report->mutable_detected_downloaded_files(),
             ReadFileDetection);
  } else if (key == "detected_referrer_samples") {
    ReadList(value, report->mutable_detected_referrer_files(),
             ReadFileDetection);
  } else if (key == "undetected_communicating_samples") {
    ReadList(value, report->mutable_undetected_communicating_files(),
             ReadFileDetection);
  } else if (key == "undetected_downloaded_samples") {
    ReadList(value, report->mutable_undetected_downloaded_files(),
             ReadFileDetection);
  } else if (key == "undetected_referrer_samples") {
    ReadList(value, report->mutable_undetected_referrer_files(),
             ReadFileDetection);
  } else if (key == "whois") {
    ReadText(value, report->mutable_whois());
  } else if (key == "whois_timestamp") {
    ReadWhoisTime(value, report);
  } else {
    return false;
  }
  return true;
}

// --- Reports ----------------------------------------------------------------

void ReadUrlField(std::string_view key, json::value value,
                  v1::UrlReport* report) {
  if (key == "resource") {
    ReadText(value, report->mutable_resource());
  } else if (key == "url") {
    ReadText(value, report->mutable_url());
  } else if (key == "filescan_id") {
    ReadText(value, report->mutable_file_scan_id());
  } else if (key == "scans") {
    ReadEngines(value, report);
  }
}

void ReadFileField(std::string_view key, json::value value,
                   v1::FileReport* report) {
  if (key == "md5") {
    ReadText(value, report->mutable_md5());
  } else if (key == "sha1") {
    ReadText(value, report->mutable_sha1());
  } else if (key == "sha256") {
    ReadText(value, report->mutable_sha256());
  } else if (key == "scans") {
    ReadEngines(value, report);
  }
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
void ReadVendorCategory(std::string_view key, json::value value,
                        v1::DomainReport* report) {
  constexpr std::string_view kSuffix = " category";
  if (!absl::EndsWith(ToAbsl(key), ToAbsl(kSuffix)) ||
      value.type() != json::json_type::string) {
    return;
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
}

void ReadDomainField(std::string_view key, json::value value,
                     v1::DomainReport* report) {
  if (ReadNetworkField(key, value, report)) return;
  if (key == "categories") {
    ReadTexts(value, report->mutable_categories());
  } else if (key == "domain_siblings") {
    ReadTexts(value, report->mutable_siblings());
  } else if (key == "subdomains") {
    ReadTexts(value, report->mutable_subdomains());
  } else if (key == "Webutation domain info") {
    ReadWebutation(value, report);
  } else {
    ReadVendorCategory(key, value, report);
  }
}

void ReadAsNumber(json::value value, v1::IpReport* report) {
  if (value.type() == json::json_type::string) {
    std::string text;
    ReadText(value, &text);
    report->set_as_number_text(std::move(text));
  } else if (const std::optional<int64_t> number = ReadInt(value);
             number.has_value() && *number >= 0) {
    report->set_as_number(static_cast<uint64_t>(*number));
  }
}

void ReadIpField(std::string_view key, json::value value,
                 v1::IpReport* report) {
  if (ReadNetworkField(key, value, report)) return;
  if (key == "as_owner") {
    ReadText(value, report->mutable_as_owner());
  } else if (key == "asn") {
    ReadAsNumber(value, report);
  } else if (key == "country") {
    ReadText(value, report->mutable_country());
  } else if (key == "continent") {
    ReadText(value, report->mutable_continent());
  } else if (key == "network") {
    ReadText(value, report->mutable_network());
  }
}

void ReadReportField(Kind kind, std::string_view key, json::value value,
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
}

// --- Answers ----------------------------------------------------------------

// One member of an answer, as sent.
struct Member {
  std::optional<int64_t> response_code;
  std::string resource;
  v1::Verdict verdict;
};

bool HasCounts(Kind kind) {
  return kind == Kind::kUrl || kind == Kind::kUrlScan || kind == Kind::kFile;
}

Member ReadMember(Kind kind, json::value value) {
  Member member;
  v1::Verdict* const verdict = &member.verdict;
  ForEachField(value, [&](std::string_view key, json::value field) {
    if (key == "response_code") {
      member.response_code = ReadInt(field);
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
    } else if (HasCounts(kind) && (key == "positives" || key == "total")) {
      ReadPositivesAndTotal(key, field, verdict);
    } else if (key == "resource") {
      ReadText(field, &member.resource);
      if (verdict->has_url() || kind == Kind::kUrl || kind == Kind::kUrlScan) {
        verdict->mutable_url()->set_resource(member.resource);
      }
    } else {
      ReadReportField(kind, key, field, verdict);
    }
  });
  return member;
}

// Whether a member of an array is about `indicator`, by what it says it is.
bool IsAbout(const Member& member, const Indicator& indicator) {
  for (const std::string& name :
       {member.resource, member.verdict.url().url(),
        member.verdict.file().md5(), member.verdict.file().sha1(),
        member.verdict.file().sha256()}) {
    if (name.empty()) continue;
    const absl::StatusOr<Indicator> named =
        Indicator::Parse(indicator.kind(), name);
    if (named.ok() && *named == indicator) return true;
  }
  return false;
}

// The member that answers what was asked, never found by its place: the one
// that echoes the asked text, else the first that names the indicator.
std::optional<Member> FindMember(const Indicator& indicator,
                                 json::array array) {
  std::optional<Member> about;
  for (json::value item : array) {
    Member member = ReadMember(indicator.kind(), item);
    const bool exact = member.resource == indicator.text();
    if (exact || (!about.has_value() && IsAbout(member, indicator))) {
      const bool known_exact =
          about.has_value() && about->resource == indicator.text();
      if (!known_exact) about = std::move(member);
    }
  }
  return about;
}

std::string_view DefaultMessage(int32_t response_code) {
  switch (response_code) {
    case 1:
      return "Report found";
    case 0:
      return "Not known to VirusTotal";
    case -1:
      return "VirusTotal calls the value invalid";
    default:
      return "Queued for analysis, come back later for the report";
  }
}

// Turns what was sent into what it means.
absl::StatusOr<v1::Verdict> Judge(Kind kind, Ask ask, Member member) {
  if (!member.response_code.has_value()) {
    return BadAnswer("no response_code");
  }
  v1::Verdict verdict = std::move(member.verdict);
  int64_t code = *member.response_code;
  if (code < -2 || code > 1) return BadAnswer("unknown response_code");
  if (code == 1 && ask == Ask::kSubmit) {
    code = -2;
  } else if (code == 1 && HasCounts(kind) &&
             (!verdict.has_positives() || !verdict.has_total())) {
    // Just submitted: a report would have counts. Taking it for one would
    // call it clean.
    if (verdict.scan_id().empty()) {
      return BadAnswer("a report without counts");
    }
    code = -2;
  }
  if (code != 1) {
    verdict.clear_positives();
    verdict.clear_total();
    if (code != -2 || !verdict.has_url()) verdict.clear_report();
  } else if (verdict.positives() > verdict.total()) {
    return BadAnswer("more positives than engines");
  }
  if (code == -1 || code == 0) {
    verdict.clear_scan_time();
    verdict.clear_permalink();
    verdict.clear_scan_id();
  }
  verdict.set_response_code(static_cast<int32_t>(code));
  if (verdict.message().empty()) {
    verdict.set_message(std::string(DefaultMessage(verdict.response_code())));
  }
  if (verdict.has_url() && verdict.url().resource().empty()) {
    verdict.mutable_url()->set_resource(verdict.url().url());
  }
  return verdict;
}

absl::StatusOr<v1::Verdict> ReadBody(const Indicator& indicator, Ask ask,
                                     std::string body) {
  if (body.empty()) return BadAnswer("an empty body");
  const size_t size = body.size();
  body.resize(size + simdjson::SIMDJSON_PADDING);
  try {
    json::parser parser;
    json::document document = parser.iterate(body.data(), size, body.size());
    std::optional<Member> about;
    if (document.type() == json::json_type::array) {
      about = FindMember(indicator, document.get_array());
      if (!about.has_value()) {
        return BadAnswer("an array without what was asked");
      }
    } else if (document.type() == json::json_type::object) {
      json::value root = document.get_value();
      about = ReadMember(indicator.kind(), root);
    } else {
      return BadAnswer("JSON that is no report");
    }
    if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) {
      return BadAnswer("text behind the JSON");
    }
    return Judge(indicator.kind(), ask, *std::move(about));
  } catch (const simdjson::simdjson_error& error) {
    return BadAnswer(absl::StrCat("not JSON: ", error.what()));
  }
}

absl::StatusOr<v1::Verdict> Read(const Indicator& indicator, Ask ask,
                                 HttpResponse response) {
  switch (response.status) {
    case 200:
      return ReadBody(indicator, ask, std::move(response.body));
    case 204:
    case 429:
      return QuotaUsedUp("minute",
                         response.retry_after.value_or(kMinuteQuotaPause));
    case 401:
    case 403:
      return KeyRefused();
    default:
      // Also 404: v2 never says "not found" that way, so something in between
      // has answered.
      return BadAnswer(absl::StrCat("HTTP status ", response.status));
  }
}

}  // namespace

const Dialect kDialectV2 = {
    .can_ask = CanAsk, .request = Request, .read = Read};

}  // namespace vtlookup
