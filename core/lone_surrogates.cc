#include "core/lone_surrogates.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/strings/numbers.h"
#include "core/text.h"

namespace vtlookup {
namespace {

constexpr size_t kEscape = 6;  // bytes of \uXXXX

// The code unit of the escape `\uXXXX` at the front of a text, if there is one.
std::optional<uint32_t> UnitOf(std::string_view text) {
  uint32_t unit = 0;
  if (text.size() < kEscape || !text.starts_with("\\u") ||
      !absl::SimpleHexAtoi(ToAbsl(text.substr(2, 4)), &unit)) {
    return std::nullopt;
  }
  return unit;
}

bool IsFirstHalf(uint32_t unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool IsSecondHalf(uint32_t unit) { return unit >= 0xDC00 && unit < 0xE000; }

}  // namespace

std::string WithoutLoneSurrogates(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  size_t at = 0;
  while (at < json.size()) {
    const size_t escape = std::min(json.find('\\', at), json.size());
    out.append(json.substr(at, escape - at));
    at = escape;
    if (at == json.size()) break;
    const std::optional<uint32_t> unit = UnitOf(json.substr(at));
    if (!unit.has_value()) {
      // A backslash and what it escapes, which may be a backslash.
      out.append(json.substr(at, 2));
      at += 2;
      continue;
    }
    const auto next = UnitOf(json.substr(at + kEscape));
    const bool pair =
        IsFirstHalf(*unit) && next.has_value() && IsSecondHalf(*next);
    if (pair) {
      out.append(json.substr(at, 2 * kEscape));
      at += 2 * kEscape;
      continue;
    }
    const bool lone = IsFirstHalf(*unit) || IsSecondHalf(*unit);
    out.append(lone ? "\\ufffd" : json.substr(at, kEscape));
    at += kEscape;
  }
  return out;
}

}  // namespace vtlookup
