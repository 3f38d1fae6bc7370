#include "core/safe_text.h"

#include <cstddef>
#include <cstdint>

#include "absl/strings/str_cat.h"

namespace vtlookup {
namespace {

enum class LineBreaks { kStay, kAreEscaped };

unsigned char ByteAt(std::string_view text, size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0;
}

// A character that is not shown, and its size in bytes; 0 for one that is.
struct Hidden {
  uint32_t character = 0;
  size_t size = 0;
};

bool ChangesDirection(uint32_t c) {
  return c == 0x061C || c == 0x200E || c == 0x200F ||
         (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

Hidden HiddenAt(std::string_view text, size_t at, LineBreaks line_breaks) {
  const uint32_t first = ByteAt(text, at);
  const bool is_break = first == '\n' || first == '\t';
  if ((first < 0x20 && (!is_break || line_breaks == LineBreaks::kAreEscaped)) ||
      first == 0x7F) {
    return {first, 1};
  }
  const uint32_t second = ByteAt(text, at + 1);
  if (first == 0xC2 && second >= 0x80 && second < 0xA0) return {second, 2};
  if (first == 0xD8 && second == 0x9C) return {0x061C, 2};
  if (first != 0xE2) return {};
  const uint32_t character = (first & 0x0FU) << 12 | (second & 0x3FU) << 6 |
                             (ByteAt(text, at + 2) & 0x3FU);
  const bool whole =
      (second & 0xC0U) == 0x80 && (ByteAt(text, at + 2) & 0xC0U) == 0x80;
  if (whole && ChangesDirection(character)) return {character, 3};
  return {};
}

std::string Escaped(std::string_view text, LineBreaks line_breaks) {
  std::string out;
  out.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    const Hidden hidden = HiddenAt(text, at, line_breaks);
    if (hidden.size == 0) {
      out.push_back(text[at++]);
    } else {
      absl::StrAppend(&out, "\\u",
                      absl::Hex(hidden.character, absl::kZeroPad4));
      at += hidden.size;
    }
  }
  return out;
}

}  // namespace

std::string WithControlsEscaped(std::string_view text) {
  return Escaped(text, LineBreaks::kStay);
}

std::string OnOneLine(std::string_view text) {
  return Escaped(text, LineBreaks::kAreEscaped);
}

}  // namespace vtlookup
