#include "vtlookup/row.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "vtlookup/row_builder.h"
#include "vtlookup/row_plan.h"
#include "vtlookup/v1/verdict.pb.h"

namespace vtlookup {
namespace {

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

std::string JsonOf(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return QuotedJson(reflection.GetString(message, &field));
    case FieldDescriptor::CPPTYPE_BOOL:
      return "true";
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(reflection.GetInt32(message, &field));
    case FieldDescriptor::CPPTYPE_UINT32:
      return absl::StrCat(reflection.GetUInt32(message, &field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return absl::StrCat(reflection.GetUInt64(message, &field));
    default:
      break;
  }
  // The only message type that is a value is a timestamp.
  const auto& time = static_cast<const google::protobuf::Timestamp&>(
      reflection.GetMessage(message, &field));
  return TimeJson(time.seconds());
}

bool WasSentEmpty(const Message& report, const FieldDescriptor& field) {
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

void AddValue(const Message& message, const RowSource& source,
              RowBuilder* row) {
  if (message.GetReflection()->HasField(message, source.field)) {
    row->Set(source.target, JsonOf(message, *source.field));
  } else if (source.when_absent.has_value()) {
    row->Set(source.target, *source.when_absent);
  }
}

void AddList(const Message& message, const RowSource& source, RowBuilder* row) {
  const Reflection& reflection = *message.GetReflection();
  const int size = reflection.FieldSize(message, source.field);
  if (size == 0 && source.keep_empty && WasSentEmpty(message, *source.field)) {
    row->BeginList(source.target);
  }
  std::string scratch;
  for (int i = 0; i < size; ++i) {
    if (source.member == nullptr) {
      row->Append(source.target, reflection.GetRepeatedStringReference(
                                     message, source.field, i, &scratch));
      continue;
    }
    const Message& item =
        reflection.GetRepeatedMessage(message, source.field, i);
    const Reflection& of_item = *item.GetReflection();
    if (source.detected != nullptr &&
        of_item.GetBool(item, source.detected) != source.detected_value) {
      continue;
    }
    const std::string& text =
        of_item.GetStringReference(item, source.member, &scratch);
    if (!text.empty()) row->Append(source.target, text);
  }
}

void AddAllOf(const Message& message, int32_t response_code, RowBuilder* row) {
  for (const RowSource& source :
       row->plan().sources.at(message.GetDescriptor())) {
    if (source.only_code.value_or(response_code) != response_code) continue;
    if (source.field->is_repeated()) {
      AddList(message, source, row);
    } else {
      AddValue(message, source, row);
    }
  }
}

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
      std::vector<std::string>& its = (*all)[each.lookup];
      its = RowPlanOf(each.lookup).names;
      its.emplace_back(kRowError);
    }
    return all;
  }();
  return names->at(lookup);
}

namespace {

RowBuilder RowOf(v1::DnifLookup lookup, const v1::Indicator& asked,
                 const v1::LookupResponse& response) {
  RowBuilder row(RowPlanOf(lookup));
  const v1::Verdict& verdict = response.verdict();
  const int32_t code = verdict.response_code();
  AddAllOf(response, code, &row);
  AddAllOf(verdict, code, &row);
  const Message* const report = ReportIn(verdict);
  if (report != nullptr && report->GetDescriptor() == row.plan().report) {
    AddAllOf(*report, code, &row);
  }
  const std::string& canonical = UrlOf(verdict.indicator());
  row.NameUrl(canonical.empty() ? UrlOf(asked) : canonical);
  return row;
}

}  // namespace

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
  std::vector<RowField> fields;
  RowOf(lookup, asked, response)
      .ForEach([&fields](const std::string& name, std::string json) {
        fields.push_back({name, std::move(json)});
      });
  return fields;
}

RowField RowErrorOf(const absl::Status& error) {
  return {kRowError,
          QuotedJson(absl::StrCat(absl::StatusCodeToString(error.code()), ": ",
                                  error.message()))};
}

RowField RowErrorOf(const google::rpc::Status& error) {
  return RowErrorOf(absl::Status(static_cast<absl::StatusCode>(error.code()),
                                 error.message()));
}

}  // namespace vtlookup
