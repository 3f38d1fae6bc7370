#include "client/output.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
// What an error may carry, so that it can be printed.
#include "google/rpc/error_details.pb.h"

namespace vtlookup {
namespace {

std::string Printable(std::string text) {
  std::replace_if(
      text.begin(), text.end(),
      [](char c) { return absl::ascii_iscntrl(static_cast<unsigned char>(c)); },
      '?');
  return text;
}

std::string TextOf(const v1::Indicator& indicator) {
  switch (indicator.value_case()) {
    case v1::Indicator::kUrl:
      return indicator.url();
    case v1::Indicator::kDomain:
      return indicator.domain();
    case v1::Indicator::kIp:
      return indicator.ip();
    case v1::Indicator::kFileHash:
      return indicator.file_hash();
    case v1::Indicator::kUrlScanId:
      return indicator.url_scan_id();
    case v1::Indicator::VALUE_NOT_SET:
      break;
  }
  return "";
}

std::string Finding(const v1::Verdict& verdict) {
  switch (verdict.response_code()) {
    case 0:
      return "not known to VirusTotal";
    case -1:
      return absl::StrCat("unusable: ", verdict.message());
    case -2:
      return absl::StrCat("queued for analysis",
                          verdict.scan_id().empty() ? "" : ", scan id ",
                          verdict.scan_id());
    default:
      break;
  }
  if (verdict.has_positives()) {
    return absl::StrCat(verdict.positives(), " of ", verdict.total(),
                        " engines call it malicious");
  }
  const int urls = verdict.has_ip() ? verdict.ip().detected_urls_size()
                                    : verdict.domain().detected_urls_size();
  return absl::StrCat("known; ", urls, " malicious URLs on it");
}

std::string Origin(const v1::LookupResponse& response) {
  std::string out;
  switch (response.source()) {
    case v1::SOURCE_MEMORY:
      out = "from memory";
      break;
    case v1::SOURCE_DISK:
      out = "from disk";
      break;
    case v1::SOURCE_SHARED:
      out = "from the shared cache";
      break;
    case v1::SOURCE_VIRUSTOTAL:
      out = "from VirusTotal";
      break;
    case v1::SOURCE_LOCAL:
      return "decided here";
    default:
      return "";
  }
  if (!response.has_fetch_time()) return out;  // just now
  absl::StrAppend(
      &out, ", fetched ",
      absl::FormatTime("%Y-%m-%d %H:%M:%SZ",
                       absl::FromUnixSeconds(response.fetch_time().seconds()),
                       absl::UTCTimeZone()));
  if (response.stale()) out += ", STALE";
  return out;
}

std::string Json(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string out;
  const auto status =
      google::protobuf::util::MessageToJsonString(message, &out, options);
  return status.ok() ? out : "";
}

}  // namespace

std::string TextLine(const v1::Indicator& asked,
                     const v1::LookupResult& result) {
  const std::string name = Printable(TextOf(asked));
  if (result.has_error()) {
    return absl::StrCat(name, "\tfailed: ",
                        absl::StatusCodeToString(static_cast<absl::StatusCode>(
                            result.error().code())),
                        ": ", Printable(result.error().message()));
  }
  const v1::LookupResponse& response = result.response();
  const std::string origin = Origin(response);
  return absl::StrCat(name, "\t", Printable(Finding(response.verdict())),
                      origin.empty() ? "" : absl::StrCat(" (", origin, ")"));
}

std::string JsonLine(const v1::LookupResult& result) {
  // Has the linker keep the types that an error may carry.
  google::rpc::ErrorInfo::descriptor();
  if (result.has_response()) return Json(result.response());
  std::string line = Json(result);
  if (!line.empty()) return line;
  // Details of a kind that is unknown here; code and message can be told.
  v1::LookupResult plain = result;
  plain.mutable_error()->clear_details();
  return Json(plain);
}

v1::LookupResult FailedResult(const absl::Status& status) {
  v1::LookupResult result;
  result.mutable_error()->set_code(static_cast<int>(status.code()));
  result.mutable_error()->set_message(std::string(status.message()));
  return result;
}

}  // namespace vtlookup
