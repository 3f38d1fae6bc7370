#include "client/command/output.h"

#include <google/protobuf/util/json_util.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "client/command/units.h"
#include "core/response_code.h"
#include "core/safe_text.h"
// For the types of the details of errors, which JsonLine prints.
#include "google/rpc/error_details.pb.h"
#include "vtlookup/client.h"

namespace vtlookup {
namespace {

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
      // "withheld: ..." says itself that VirusTotal was not asked.
      return absl::StartsWith(verdict.message(), "withheld: ")
                 ? verdict.message()
                 : absl::StrCat("unusable: ", verdict.message());
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
  std::string out = response.stale() ? "STALE, " : "";
  switch (response.source()) {
    case v1::SOURCE_MEMORY:
      out += "from memory";
      break;
    case v1::SOURCE_DISK:
      out += "from disk";
      break;
    case v1::SOURCE_SHARED:
      out += "from the shared cache";
      break;
    case v1::SOURCE_VIRUSTOTAL:
      out += "from VirusTotal";
      break;
    case v1::SOURCE_LOCAL:
      return "answered by the daemon itself";
    default:
      return "";
  }
  if (!response.has_fetch_time()) return out;
  absl::StrAppend(
      &out, ", fetched ",
      absl::FormatTime("%Y-%m-%d %H:%M:%SZ",
                       absl::FromUnixSeconds(response.fetch_time().seconds()),
                       absl::UTCTimeZone()));
  return out;
}

constexpr char kPlain[] = "\033[0m";

const char* ColorOf(TextLine::Tone tone) {
  switch (tone) {
    case TextLine::Tone::kGood:
      return "\033[32m";
    case TextLine::Tone::kBad:
      return "\033[1;31m";
    default:
      return "\033[33m";
  }
}

bool BeginsCharacter(char c) { return (c & 0xC0) != 0x80; }  // of UTF-8

size_t Width(const std::string& text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), BeginsCharacter));
}

// The text's characters from `begin` up to `end`.
std::string Characters(const std::string& text, size_t begin, size_t end) {
  std::string out;
  size_t next = 0;  // character
  for (const char c : text) {
    if (BeginsCharacter(c)) ++next;
    if (next > begin && next <= end) out.push_back(c);
  }
  return out;
}

// Returns the text padded with blanks, or with an ellipsis for its end.
std::string Fitted(const std::string& text, size_t width) {
  const size_t own = Width(text);
  if (own <= width) return text + std::string(width - own, ' ');
  if (width == 0) return "";
  return Characters(text, 0, width - 1) + "…";
}

// Returns the text padded with blanks, or with an ellipsis for its middle: its
// end often says why, or which file.
std::string FittedWithEnd(const std::string& text, size_t width) {
  const size_t own = Width(text);
  if (own <= width || width < 8) return Fitted(text, width);
  const size_t end = (width - 1) / 3;
  return Characters(text, 0, width - 1 - end) + "…" +
         Characters(text, own - end, own);
}

// gRPC has no text when the server does not know the rpc.
std::string MessageOf(const google::rpc::Status& error) {
  if (error.code() == static_cast<int>(absl::StatusCode::kUnimplemented) &&
      error.message().empty()) {
    return "this address serves no lookups; is it the admin socket?";
  }
  return OnOneLine(error.message());
}

// When the daemon says to try again; empty when it does not say.
std::string RetryOf(const google::rpc::Status& error) {
  for (const google::protobuf::Any& detail : error.details()) {
    google::rpc::RetryInfo info;
    if (!detail.UnpackTo(&info)) continue;
    const absl::Duration delay = absl::Seconds(info.retry_delay().seconds()) +
                                 absl::Nanoseconds(info.retry_delay().nanos());
    return absl::StrCat(" (retry in ",
                        LongOf(absl::Ceil(delay, absl::Seconds(1))), ")");
  }
  return "";
}

}  // namespace

TextLine TextLineOf(const v1::Indicator& asked,
                    const v1::LookupResult& result) {
  TextLine line{.asked = OnOneLine(TextOf(asked)), .finding = {}, .origin = {}};
  if (result.has_error()) {
    line.finding =
        absl::StrCat("failed: ",
                     absl::StatusCodeToString(
                         static_cast<absl::StatusCode>(result.error().code())),
                     ": ", MessageOf(result.error()), RetryOf(result.error()));
    return line;
  }
  const v1::LookupResponse& response = result.response();
  line.finding = OnOneLine(Finding(response.verdict()));
  line.origin = Origin(response);
  if (response.verdict().response_code() == ResponseCode::kPresent &&
      response.verdict().has_positives()) {
    line.tone = response.verdict().positives() > 0 ? TextLine::Tone::kBad
                                                   : TextLine::Tone::kGood;
  }
  return line;
}

Screen StandardOutput() {
  if (isatty(STDOUT_FILENO) == 0) return {};
  winsize size{};
  const bool known =
      ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  const char* const no_color = std::getenv("NO_COLOR");
  return {.columns = known ? size.ws_col : size_t{80},
          .color = no_color == nullptr || *no_color == '\0'};
}

std::string Table(const std::vector<TextLine>& lines, const Screen& screen) {
  std::string out;
  if (screen.columns == 0) {
    for (const TextLine& line : lines) {
      absl::StrAppend(&out, line.asked, "\t", line.finding,
                      line.origin.empty() ? "" : " (", line.origin,
                      line.origin.empty() ? "\n" : ")\n");
    }
    return out;
  }
  size_t asked = 0;
  size_t finding = 0;
  for (const TextLine& line : lines) {
    asked = std::max(asked, Width(line.asked));
    finding = std::max(finding, Width(line.finding));
  }
  // The finding matters more than the indicator, so a long indicator is cut.
  asked = std::min(asked, std::max<size_t>(screen.columns / 2, 20));
  const size_t left = screen.columns - std::min(screen.columns, asked + 2);
  finding = std::min(finding, left);
  const size_t origin = left - std::min(left, finding + 2);
  for (const TextLine& line : lines) {
    const char* const color = screen.color ? ColorOf(line.tone) : "";
    absl::StrAppend(&out, FittedWithEnd(line.asked, asked), "  ", color,
                    FittedWithEnd(line.finding, finding),
                    screen.color ? kPlain : "", "  ",
                    Fitted(line.origin, origin));
    while (out.back() == ' ') out.pop_back();
    out.push_back('\n');
  }
  return out;
}

std::string ToJson(const google::protobuf::Message& message, JsonShape shape) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.add_whitespace = shape == JsonShape::kTree;
  options.always_print_primitive_fields = shape == JsonShape::kTree;
  std::string out;
  const auto status =
      google::protobuf::util::MessageToJsonString(message, &out, options);
  return status.ok() ? out : "";
}

std::string JsonLine(const v1::Indicator& asked,
                     const v1::LookupResult& result) {
  // This reference makes the linker keep the types of the details of errors,
  // without which details cannot be written as JSON.
  google::rpc::ErrorInfo::descriptor();
  if (result.has_response()) return ToJson(result.response(), JsonShape::kLine);
  std::string line = ToJson(result, JsonShape::kLine);
  if (line.empty()) {
    // The details have a type that this program does not know, so only code and
    // message are written.
    v1::LookupResult plain = result;
    plain.mutable_error()->clear_details();
    line = ToJson(plain, JsonShape::kLine);
  }
  if (line.empty()) return line;
  return absl::StrCat("{\"indicator\":", ToJson(asked, JsonShape::kLine), ",",
                      line.substr(1));
}

v1::LookupResult FailedResult(const absl::Status& status) {
  v1::LookupResult result;
  if (const auto details = status.GetPayload(Client::kDetails);
      details.has_value() &&
      result.mutable_error()->ParseFromString(std::string(*details))) {
    return result;
  }
  result.mutable_error()->set_code(static_cast<int>(status.code()));
  result.mutable_error()->set_message(std::string(status.message()));
  return result;
}

}  // namespace vtlookup
