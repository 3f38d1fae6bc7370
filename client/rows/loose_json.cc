#include "client/rows/loose_json.h"

#include <simdjson.h>

#include <algorithm>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "core/lone_surrogates.h"

namespace vtlookup {
namespace {

constexpr char kReplacement[] = "\xEF\xBF\xBD";  // U+FFFD in UTF-8

// Where the string ends that begins with the quote at `at`: behind its closing
// quote, or at the end of the text.
size_t EndOfString(std::string_view text, size_t at) {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      return at + 1;
    }
  }
  return text.size();
}

// How many bytes the character at the front has; 0 when they are not UTF-8.
size_t CharacterSize(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  return size <= text.size() && simdjson::validate_utf8(text.substr(0, size))
             ? size
             : 0;
}

void AppendAsUtf8(std::string_view text, std::string* out) {
  if (simdjson::validate_utf8(text)) {
    out->append(text);
    return;
  }
  while (!text.empty()) {
    const size_t size = CharacterSize(text);
    out->append(size == 0 ? kReplacement : text.substr(0, size));
    text.remove_prefix(std::max<size_t>(size, 1));
  }
}

bool IsPartOfNumber(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' ||
         c == '+' || c == '.';
}

// Cuts digits off the front; returns how many.
size_t CutDigits(std::string_view* text) {
  size_t count = 0;
  while (count < text->size() &&
         absl::ascii_isdigit(static_cast<unsigned char>((*text)[count]))) {
    ++count;
  }
  text->remove_prefix(count);
  return count;
}

// Whether JSON has such a number, of any size.
bool IsNumber(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const bool zero = text.starts_with('0');
  const size_t whole = CutDigits(&text);
  if (whole == 0 || (zero && whole > 1)) return false;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    if (CutDigits(&text) == 0) return false;
  }
  if (text.starts_with('e') || text.starts_with('E')) {
    text.remove_prefix(1);
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    if (CutDigits(&text) == 0) return false;
  }
  return text.empty();
}

bool IsNotFinite(std::string_view text) {
  return text == "NaN" || text == "Infinity" || text == "-Infinity";
}

size_t SkipBlanks(std::string_view text, size_t at) {
  while (at < text.size() &&
         absl::ascii_isspace(static_cast<unsigned char>(text[at]))) {
    ++at;
  }
  return at;
}

// Where the value ends that begins at `at`.
size_t EndOfValue(std::string_view text, size_t at) {
  size_t depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = EndOfString(text, at);
      if (depth == 0) return at;
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') {
      if (depth == 0) return at;  // of the object around the value
      if (--depth == 0) return at + 1;
    }
    const bool ends =
        c == ',' || absl::ascii_isspace(static_cast<unsigned char>(c));
    if (depth == 0 && ends) return at;
    ++at;
  }
  return at;
}

}  // namespace

std::string StrictJson(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 16);
  size_t at = 0;
  while (at < text.size()) {
    size_t end = at + 1;
    if (text[at] == '"') {
      end = EndOfString(text, at);
      AppendAsUtf8(text.substr(at, end - at), &out);
    } else if (IsPartOfNumber(text[at])) {
      while (end < text.size() && IsPartOfNumber(text[end])) ++end;
      const std::string_view token = text.substr(at, end - at);
      // A key is not quoted: that would make JSON of what is none.
      const size_t next = SkipBlanks(text, end);
      const bool is_key = next < text.size() && text[next] == ':';
      const bool quoted = !is_key && (IsNumber(token) || IsNotFinite(token));
      if (quoted) out.push_back('"');
      out.append(token);
      if (quoted) out.push_back('"');
    } else {
      out.push_back(text[at]);
    }
    at = end;
  }
  return WithoutLoneSurrogates(out);
}

std::vector<JsonMember> MembersOf(std::string_view object) {
  std::vector<JsonMember> members;
  size_t at = SkipBlanks(object, SkipBlanks(object, 0) + 1);
  while (at < object.size() && object[at] == '"') {
    JsonMember member;
    size_t end = EndOfString(object, at);
    member.key = object.substr(at, end - at);
    // Behind the colon.
    at = SkipBlanks(object, SkipBlanks(object, end) + 1);
    end = EndOfValue(object, at);
    member.value = object.substr(at, end - at);
    members.push_back(member);
    at = SkipBlanks(object, end);
    if (at >= object.size() || object[at] != ',') break;
    at = SkipBlanks(object, at + 1);
  }
  return members;
}

}  // namespace vtlookup
