#include "server/gateway/query.h"

#include <simdjson.h>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/safe_text.h"
#include "core/text.h"

namespace vtlookup {
namespace {

constexpr size_t kLongestNamed = 100;  // bytes of a name in an error

int DigitOf(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = absl::ascii_tolower(static_cast<unsigned char>(c));
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

absl::StatusOr<std::string> DecodePercent(std::string_view text, bool form) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && form) {
      out.push_back(' ');
    } else if (text[i] != '%') {
      out.push_back(text[i]);
    } else {
      const int high = i + 2 < text.size() ? DigitOf(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? DigitOf(text[i + 2]) : -1;
      if (high < 0 || low < 0) {
        return absl::InvalidArgumentError(
            "a % is not followed by two hexadecimal digits; write %25 for a "
            "percent sign");
      }
      out.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    }
  }
  if (!simdjson::validate_utf8(out.data(), out.size()))
    return absl::InvalidArgumentError("it is not UTF-8");
  return out;
}

absl::StatusOr<Parameters> Parameters::Parse(std::string_view text,
                                             std::string_view what) {
  Parameters parameters;
  while (!text.empty()) {
    const size_t end = text.find('&');
    const std::string_view pair = text.substr(0, end);
    text = end == std::string_view::npos ? "" : text.substr(end + 1);
    if (pair.empty()) continue;
    if (parameters.all_.size() == kMost) {
      return absl::InvalidArgumentError(absl::StrCat(
          "the ", ToAbsl(what), " has more than ", kMost, " parameters"));
    }
    const size_t equals = pair.find('=');
    const absl::StatusOr<std::string> name =
        DecodePercent(pair.substr(0, equals), true);
    const absl::StatusOr<std::string> value = DecodePercent(
        equals == std::string_view::npos ? "" : pair.substr(equals + 1), true);
    if (!name.ok() || !value.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "the ", ToAbsl(what),
          " cannot be read: ", (name.ok() ? value : name).status().message()));
    }
    parameters.all_.emplace_back(*name, *value);
  }
  return parameters;
}

absl::Status Parameters::Add(std::string_view name, std::string_view value) {
  if (all_.size() == kMost) {
    return absl::InvalidArgumentError(
        absl::StrCat("there are more than ", kMost, " parameters"));
  }
  const bool name_is_text = simdjson::validate_utf8(name.data(), name.size());
  if (!name_is_text || !simdjson::validate_utf8(value.data(), value.size())) {
    const std::string which = name_is_text && name.size() <= kLongestNamed
                                  ? OnOneLine(name)
                                  : absl::StrCat("number ", all_.size() + 1);
    return absl::InvalidArgumentError(
        absl::StrCat("the parameter ", which, " is not UTF-8; send UTF-8"));
  }
  all_.emplace_back(name, value);
  return absl::OkStatus();
}

std::optional<std::string_view> Parameters::Get(std::string_view name) const {
  for (const auto& [key, value] : all_) {
    if (key == name) return value;
  }
  return std::nullopt;
}

}  // namespace vtlookup
