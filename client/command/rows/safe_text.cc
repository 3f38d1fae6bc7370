#include "client/command/rows/safe_text.h"

#include <cstddef>

#include "absl/strings/str_cat.h"

namespace vtlookup {
namespace {

constexpr std::string_view kFormulas = "=+-@\t\r";

bool IsC0(unsigned char c) {
  return (c < 0x20 && c != '\n' && c != '\t') || c == 0x7F;
}

void AppendEscape(unsigned char c, std::string* out) {
  absl::StrAppend(out, "\\u", absl::Hex(c, absl::kZeroPad4));
}

}  // namespace

std::string WithControlsEscaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const auto next =
        static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : '\0');
    if (IsC0(c)) {
      AppendEscape(c, &out);
    } else if (c == 0xC2 && next >= 0x80 && next < 0xA0) {
      AppendEscape(next, &out);
      ++i;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

std::string SafeCell(std::string_view text) {
  const bool formula =
      !text.empty() && kFormulas.find(text.front()) != std::string_view::npos;
  return (formula ? "'" : "") + WithControlsEscaped(text);
}

}  // namespace vtlookup
