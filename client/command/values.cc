#include "client/command/values.h"

#include <arpa/inet.h>
#include <simdjson.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/text.h"

namespace vtlookup {
namespace {

constexpr std::string_view kMark = "\xEF\xBB\xBF";
constexpr size_t kSha256 = 64;

bool IsHex(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isxdigit(static_cast<unsigned char>(c));
  });
}

bool IsDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c));
  });
}

bool IsHash(std::string_view text) {
  return (text.size() == 32 || text.size() == 40 || text.size() == kSha256) &&
         IsHex(text);
}

// sha256-seconds
bool IsScanId(std::string_view text) {
  return text.size() > kSha256 + 1 && text[kSha256] == '-' &&
         IsHex(text.substr(0, kSha256)) && IsDigits(text.substr(kSha256 + 1));
}

bool IsAddress(const std::string& text) {
  unsigned char bytes[16];
  return inet_pton(AF_INET, text.c_str(), bytes) == 1 ||
         inet_pton(AF_INET6, text.c_str(), bytes) == 1;
}

// A network such as 10.0.0.0/8. VirusTotal has no reports about networks; as a
// URL it would be something else.
bool IsNetwork(std::string_view text) {
  const size_t slash = text.rfind('/');
  return slash != std::string_view::npos && IsDigits(text.substr(slash + 1)) &&
         IsAddress(std::string(text.substr(0, slash)));
}

bool HasBlanks(std::string_view text) {
  return text.find_first_of(" \t\v\f\r\n") != std::string_view::npos;
}

// Returns the line without a comment behind the value, which begins with a
// blank and a #.
std::string_view WithoutComment(std::string_view line) {
  for (size_t at = line.find('#'); at != std::string_view::npos;
       at = line.find('#', at + 1)) {
    const bool after_blank =
        at > 0 && (line[at - 1] == ' ' || line[at - 1] == '\t');
    if (at == 0 || after_blank) return line.substr(0, at);
  }
  return line;
}

bool IsUrl(std::string_view text) {
  if (text.find("://") != std::string_view::npos) return true;
  if (text.find_first_of("/?#") != std::string_view::npos) return true;
  const size_t colon = text.rfind(':');
  return colon != std::string_view::npos && IsDigits(text.substr(colon + 1)) &&
         text.find('.') < colon;
}

}  // namespace

std::optional<v1::Indicator> GuessIndicator(std::string_view text) {
  if (HasBlanks(text) || IsNetwork(text)) return std::nullopt;
  v1::Indicator indicator;
  const std::string value(text);
  if (IsHash(text)) {
    indicator.set_file_hash(value);
  } else if (IsScanId(text)) {
    indicator.set_url_scan_id(value);
  } else if (IsAddress(value)) {
    indicator.set_ip(value);
  } else if (IsUrl(text)) {
    indicator.set_url(value);
  } else if (text.find('.') != std::string_view::npos) {
    indicator.set_domain(value);
  } else {
    return std::nullopt;
  }
  return indicator;
}

absl::StatusOr<std::vector<ListedValue>> ReadValues(std::istream& in,
                                                    const std::string& name) {
  std::vector<ListedValue> values;
  size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    std::string_view text = line;
    if (number == 1 && text.starts_with(kMark)) {
      text.remove_prefix(kMark.size());
    }
    text = ToStd(absl::StripAsciiWhitespace(ToAbsl(WithoutComment(text))));
    if (text.empty()) continue;
    if (!simdjson::validate_utf8(text)) {
      return absl::InvalidArgumentError(
          absl::StrCat(name, ":", number, ": the line is not UTF-8"));
    }
    if (values.size() == kMostValues) {
      return absl::InvalidArgumentError(
          absl::StrCat(name, ": more than ", kMostValues,
                       " values; vtlookup enrich takes any number of rows"));
    }
    values.push_back({.text = std::string(text), .line = number});
  }
  if (in.bad()) {
    return absl::InvalidArgumentError(absl::StrCat(name, ": cannot be read"));
  }
  return values;
}

}  // namespace vtlookup
