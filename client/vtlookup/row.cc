#include "vtlookup/row.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "vtlookup/v1/verdict.pb.h"

namespace vtlookup {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr size_t kSha256Digits = 64;

struct Named {
  std::string_view name;
  v1::DnifLookup lookup;
};

constexpr std::array<Named, 5> kLookups = {
    {{"get_url_report", v1::DNIF_LOOKUP_GET_URL_REPORT},
     {"get_domain_report", v1::DNIF_LOOKUP_GET_DOMAIN_REPORT},
     {"get_ip_report", v1::DNIF_LOOKUP_GET_IP_REPORT},
     {"get_filehash_report", v1::DNIF_LOOKUP_GET_FILEHASH_REPORT},
     {"post_scan_url", v1::DNIF_LOOKUP_POST_SCAN_URL}}};

const Descriptor* ReportOf(v1::DnifLookup lookup) {
  switch (lookup) {
    case v1::DNIF_LOOKUP_GET_DOMAIN_REPORT:
      return v1::DomainReport::descriptor();
    case v1::DNIF_LOOKUP_GET_IP_REPORT:
      return v1::IpReport::descriptor();
    case v1::DNIF_LOOKUP_GET_FILEHASH_REPORT:
      return v1::FileReport::descriptor();
    default:
      return v1::UrlReport::descriptor();
  }
}

std::string Quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false,
                                   nlohmann::json::error_handler_t::replace);
}

std::string Time(int64_t seconds) {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%S", absl::FromUnixSeconds(seconds),
                          absl::UTCTimeZone());
}

// Returns the row fields that a field of a report sets in this lookup.
std::vector<v1::DnifField> FieldsFedBy(const FieldDescriptor& field,
                                       v1::DnifLookup lookup) {
  std::vector<v1::DnifField> fed;
  const auto& options = field.options();
  for (int i = 0; i < options.ExtensionSize(v1::dnif_field); ++i) {
    const v1::DnifField& target = options.GetExtension(v1::dnif_field, i);
    const auto& lookups = target.lookups();
    if (lookups.empty() ||
        std::find(lookups.begin(), lookups.end(), lookup) != lookups.end()) {
      fed.push_back(target);
    }
  }
  return fed;
}

std::vector<std::string> NamesOf(v1::DnifLookup lookup) {
  std::vector<std::string> names;
  for (const Descriptor* message : {v1::Verdict::descriptor(), ReportOf(lookup),
                                    v1::LookupResponse::descriptor()}) {
    for (int i = 0; i < message->field_count(); ++i) {
      for (const auto& fed : FieldsFedBy(*message->field(i), lookup)) {
        if (std::find(names.begin(), names.end(), fed.name()) == names.end()) {
          names.push_back(fed.name());
        }
      }
    }
  }
  names.emplace_back(kRowError);
  return names;
}

// Collects the fields of a row. Lists for one field are joined.
class Row {
 public:
  Row(v1::DnifLookup lookup, int32_t response_code)
      : lookup_(lookup), response_code_(response_code) {}

  void AddAllOf(const Message& message) {
    const Descriptor& type = *message.GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      for (const v1::DnifField& fed : FieldsFedBy(field, lookup_)) {
        if (fed.has_only_code() && fed.only_code() != response_code_) continue;
        if (field.is_repeated()) {
          AddList(message, field, fed);
        } else {
          AddValue(message, field, fed);
        }
      }
    }
  }

  void Set(const std::string& name, std::string json) {
    values_[name] = std::move(json);
  }
  bool Has(const std::string& name) const { return values_.contains(name); }

  // Returns the fields in the order of RowFieldNames.
  std::vector<RowField> Fields() && {
    for (const auto& [name, items] : lists_) {
      values_[name] = absl::StrCat("[", items, "]");
    }
    std::vector<RowField> fields;
    for (const std::string& name : RowFieldNames(lookup_)) {
      if (const auto value = values_.find(name); value != values_.end()) {
        fields.push_back({name, std::move(value->second)});
      }
    }
    return fields;
  }

 private:
  void AddValue(const Message& message, const FieldDescriptor& field,
                const v1::DnifField& fed) {
    const Reflection& reflection = *message.GetReflection();
    if (!reflection.HasField(message, &field)) {
      if (fed.has_when_absent()) {
        Set(fed.name(), absl::StrCat(fed.when_absent()));
      }
      return;
    }
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        return Set(fed.name(), Quoted(reflection.GetString(message, &field)));
      case FieldDescriptor::CPPTYPE_BOOL:
        return Set(fed.name(), "true");
      case FieldDescriptor::CPPTYPE_INT32:
        return Set(fed.name(),
                   absl::StrCat(reflection.GetInt32(message, &field)));
      case FieldDescriptor::CPPTYPE_UINT32:
        return Set(fed.name(),
                   absl::StrCat(reflection.GetUInt32(message, &field)));
      case FieldDescriptor::CPPTYPE_UINT64:
        return Set(fed.name(),
                   absl::StrCat(reflection.GetUInt64(message, &field)));
      default:
        break;
    }
    // The only message type that is a value is a timestamp.
    const auto& time = static_cast<const google::protobuf::Timestamp&>(
        reflection.GetMessage(message, &field));
    Set(fed.name(), Quoted(Time(time.seconds())));
  }

  void AddList(const Message& message, const FieldDescriptor& field,
               const v1::DnifField& fed) {
    const Reflection& reflection = *message.GetReflection();
    const int size = reflection.FieldSize(message, &field);
    if (size == 0 && fed.keep_empty() && WasSentEmpty(message, field)) {
      lists_[fed.name()];
    }
    for (int i = 0; i < size; ++i) {
      if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
        Append(fed.name(), reflection.GetRepeatedString(message, &field, i));
        continue;
      }
      const Message& item = reflection.GetRepeatedMessage(message, &field, i);
      if (fed.has_detected() && Detected(item) != fed.detected()) continue;
      const std::string text = item.GetReflection()->GetString(
          item, item.GetDescriptor()->FindFieldByName(fed.member()));
      if (!text.empty()) Append(fed.name(), text);
    }
  }

  static bool Detected(const Message& engine) {
    return engine.GetReflection()->GetBool(
        engine, engine.GetDescriptor()->FindFieldByName("detected"));
  }

  static bool WasSentEmpty(const Message& report,
                           const FieldDescriptor& field) {
    const FieldDescriptor* const lists =
        report.GetDescriptor()->FindFieldByName("empty_lists");
    const Reflection& reflection = *report.GetReflection();
    for (int i = 0; i < reflection.FieldSize(report, lists); ++i) {
      if (reflection.GetRepeatedString(report, lists, i) == field.name()) {
        return true;
      }
    }
    return false;
  }

  void Append(const std::string& name, const std::string& item) {
    std::string& items = lists_[name];
    absl::StrAppend(&items, items.empty() ? "" : ",", Quoted(item));
  }

  const v1::DnifLookup lookup_;
  const int32_t response_code_;
  std::map<std::string, std::string> values_;  // name to JSON
  std::map<std::string, std::string> lists_;   // name to JSON, no brackets
};

const std::string& UrlOf(const v1::Indicator& indicator) {
  return indicator.has_url_scan_id() ? indicator.url_scan_id()
                                     : indicator.url();
}

const Message* ReportIn(const v1::Verdict& verdict) {
  switch (verdict.report_case()) {
    case v1::Verdict::kUrl:
      return &verdict.url();
    case v1::Verdict::kDomain:
      return &verdict.domain();
    case v1::Verdict::kIp:
      return &verdict.ip();
    case v1::Verdict::kFile:
      return &verdict.file();
    case v1::Verdict::REPORT_NOT_SET:
      break;
  }
  return nullptr;
}

bool IsScanId(const std::string& text) {
  if (text.size() < kSha256Digits + 2 || text[kSha256Digits] != '-') {
    return false;
  }
  const auto hex = [](unsigned char c) { return absl::ascii_isxdigit(c); };
  const auto digit = [](unsigned char c) { return absl::ascii_isdigit(c); };
  return std::all_of(text.begin(), text.begin() + kSha256Digits, hex) &&
         std::all_of(text.begin() + kSha256Digits + 1, text.end(), digit);
}

}  // namespace

std::optional<v1::DnifLookup> DnifLookupNamed(std::string_view name) {
  for (const Named& each : kLookups) {
    if (each.name == name) return each.lookup;
  }
  return std::nullopt;
}

bool IsNoValue(std::string_view text) {
  const absl::string_view word =
      absl::StripAsciiWhitespace({text.data(), text.size()});
  return word.empty() || word == "-" || absl::EqualsIgnoreCase(word, "n/a");
}

absl::StatusOr<v1::Indicator> IndicatorFor(v1::DnifLookup lookup,
                                           const std::string& text) {
  if (text.empty()) return absl::InvalidArgumentError("the value is empty");
  v1::Indicator indicator;
  switch (lookup) {
    case v1::DNIF_LOOKUP_GET_DOMAIN_REPORT:
      indicator.set_domain(text);
      break;
    case v1::DNIF_LOOKUP_GET_IP_REPORT:
      indicator.set_ip(text);
      break;
    case v1::DNIF_LOOKUP_GET_FILEHASH_REPORT:
      indicator.set_file_hash(text);
      break;
    case v1::DNIF_LOOKUP_GET_URL_REPORT:
      if (IsScanId(text)) {
        indicator.set_url_scan_id(text);
        break;
      }
      [[fallthrough]];
    default:
      indicator.set_url(text);
  }
  return indicator;
}

const std::vector<std::string>& RowFieldNames(v1::DnifLookup lookup) {
  static const auto* const names = [] {
    auto* const all = new std::map<v1::DnifLookup, std::vector<std::string>>;
    for (const Named& each : kLookups) {
      (*all)[each.lookup] = NamesOf(each.lookup);
    }
    return all;
  }();
  return names->at(lookup);
}

std::vector<RowField> RowFieldsOf(v1::DnifLookup lookup,
                                  const v1::Indicator& asked,
                                  const v1::Verdict& verdict) {
  v1::LookupResponse response;
  *response.mutable_verdict() = verdict;
  return RowFieldsOf(lookup, asked, response);
}

std::vector<RowField> RowFieldsOf(v1::DnifLookup lookup,
                                  const v1::Indicator& asked,
                                  const v1::LookupResponse& response) {
  const v1::Verdict& verdict = response.verdict();
  Row row(lookup, verdict.response_code());
  row.AddAllOf(response);
  row.AddAllOf(verdict);
  const Message* const report = ReportIn(verdict);
  if (report != nullptr && report->GetDescriptor() == ReportOf(lookup)) {
    row.AddAllOf(*report);
  }
  // Every answer names its URL, even without a report.
  if (ReportOf(lookup) == v1::UrlReport::descriptor() && !row.Has("$VTURL")) {
    const std::string& canonical = UrlOf(verdict.indicator());
    row.Set("$VTURL", Quoted(canonical.empty() ? UrlOf(asked) : canonical));
  }
  return std::move(row).Fields();
}

RowField RowErrorOf(const absl::Status& error) {
  return {kRowError, Quoted(absl::StrCat(absl::StatusCodeToString(error.code()),
                                         ": ", error.message()))};
}

RowField RowErrorOf(const google::rpc::Status& error) {
  return RowErrorOf(absl::Status(static_cast<absl::StatusCode>(error.code()),
                                 error.message()));
}

}  // namespace vtlookup
