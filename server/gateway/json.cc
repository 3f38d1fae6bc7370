#include "server/gateway/json.h"

#include <google/protobuf/util/json_util.h>
#include <simdjson.h>

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/raw_report.h"
#include "core/response_code.h"
#include "server/proto/indicator_fields.h"
#include "server/proto/times.h"
#include "server/transport/grpc_status.h"
#include "server/verdicts/stored_verdict.h"
#include "vtlookup/row_bytes.h"

namespace vtlookup {
namespace {

namespace util = google::protobuf::util;

absl::Status Wrong(std::string_view what) { return BadField("body", what); }

}  // namespace

absl::Status ReadMessage(std::string_view json,
                         google::protobuf::Message* message) {
  const util::Status read =
      util::JsonStringToMessage({json.data(), json.size()}, message);
  if (read.ok()) return absl::OkStatus();
  return Wrong(absl::StrCat(
      "it is not the JSON of a ", message->GetDescriptor()->full_name(), ": ",
      std::string(read.message().data(), read.message().size())));
}

std::string JsonOf(const google::protobuf::Message& message) {
  std::string json;
  util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  // Cannot fail: all types are linked in.
  static_cast<void>(util::MessageToJsonString(message, &json, options));
  json.push_back('\n');
  return json;
}

absl::StatusOr<std::vector<std::string>> ReadValues(std::string_view json,
                                                    size_t most) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (const auto error = parser.parse(json.data(), json.size()).get(root)) {
    return Wrong(
        absl::StrCat("it is not JSON: ", simdjson::error_message(error)));
  }
  simdjson::dom::object object;
  simdjson::dom::array array;
  if (root.get(object) != simdjson::SUCCESS || object.size() != 1 ||
      object["values"].get(array) != simdjson::SUCCESS) {
    return Wrong(R"(it must be {"values": ["...", "..."]})");
  }
  std::vector<std::string> values;
  for (const simdjson::dom::element value : array) {
    if (values.size() == most) {
      return Wrong(
          absl::StrCat("it has more than limits.max_batch, ", most, " values"));
    }
    std::string_view text;
    if (value.get(text) == simdjson::SUCCESS) {
      values.emplace_back(text);
    } else {
      values.push_back(simdjson::minify(value));
    }
  }
  return values;
}

v1::LookupResponse ResponseOf(const Answer& answer, v1::View view) {
  v1::LookupResponse response;
  v1::Verdict* const verdict = response.mutable_verdict();
  if (view == v1::VIEW_SUMMARY) {
    const std::string_view value = *answer.entry.value;
    const std::string_view summary = value.substr(
        StoredVerdict::kHeader,
        StoredVerdict::SizeOfSummary(value) - StoredVerdict::kHeader);
    verdict->ParseFromArray(summary.data(), static_cast<int>(summary.size()));
  } else {
    *verdict = DecodeVerdict(*answer.entry.value);
  }
  SetIndicator(answer.kind, answer.indicator, verdict->mutable_indicator());
  response.set_source(answer.source);
  response.set_stale(answer.stale);
  if (answer.source != v1::SOURCE_LOCAL) {
    SetTimestamp(answer.entry.stored, response.mutable_fetch_time());
    SetTimestamp(answer.entry.fresh_until, response.mutable_expire_time());
  }
  if (view == v1::VIEW_RAW && answer.raw != nullptr) {
    response.set_raw(std::string(JsonOfRaw(*answer.raw)));
    response.set_raw_api(std::string(ApiOfRaw(*answer.raw)));
  }
  return response;
}

absl::StatusOr<v1::DnifLookup> LookupNamed(std::string_view name) {
  const std::optional<v1::DnifLookup> lookup = DnifLookupNamed(name);
  if (lookup.has_value()) return *lookup;
  return absl::NotFoundError(
      "there is no such lookup; there are get_url_report, get_domain_report, "
      "get_ip_report, get_filehash_report and post_scan_url");
}

std::vector<RowField> FieldsOf(v1::DnifLookup lookup, const std::string& text,
                               const absl::StatusOr<Answer>& answer) {
  if (!answer.ok()) return {RowErrorOf(answer.status())};
  v1::Indicator asked;
  asked.set_url(text);  // matters for URLs only
  return RowFieldsOf(lookup, asked, ResponseOf(*answer, v1::VIEW_FULL));
}

void AppendFields(v1::DnifLookup lookup, const std::string& text,
                  const absl::StatusOr<Answer>& answer, std::string* out) {
  if (!answer.ok()) {
    const RowField error = RowErrorOf(answer.status());
    absl::StrAppend(out, "{\"", error.name, "\":", error.json, "}");
    return;
  }
  const std::string& value = *answer->entry.value;
  AppendRowFields(
      lookup,
      {.verdict = std::string_view(value).substr(StoredVerdict::kHeader),
       .response_code = NumberOf(CodeOf(answer->entry)),
       .url = answer->indicator.empty() ? text : answer->indicator,
       .stale = answer->stale},
      out);
}

}  // namespace vtlookup
