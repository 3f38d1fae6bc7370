#ifndef VTLOOKUP_VIRUSTOTAL_JSON_H_
#define VTLOOKUP_VIRUSTOTAL_JSON_H_

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "virustotal/failures.h"

namespace vtlookup {

// Reads values of VirusTotal's JSON, which may be of another type than usual,
// or null: a value of a type that makes no sense reads as not sent. Broken
// JSON throws simdjson::simdjson_error, which ReadJson catches.
namespace json = simdjson::ondemand;

// Leaves `out` alone when the value is not a string of valid characters.
void ReadText(json::value value, std::string* out);

// A whole number, also as float (cut) or as text.
std::optional<int64_t> ReadInt(json::value value);

// A time in seconds since 1970 that is no later than the year 9999.
std::optional<int64_t> ReadUnixTime(json::value value);

// The same, when it is a count.
std::optional<uint32_t> ReadCount(json::value value);

// True for `true` only.
bool ReadBool(json::value value);

// The parser for a body of `size` bytes: this thread's, which keeps its memory
// for the next one, or `own`, where that would be too much to keep.
json::parser* ParserFor(size_t size, json::parser* own);

// Has `read(json::document&)` make an absl::Status or StatusOr of a body; it
// must not call ReadJson. BadAnswer when the body is not JSON, or more than one
// value.
template <typename Read>
auto ReadJson(std::string body, Read read)
    -> std::invoke_result_t<Read, json::document&> {
  if (body.empty()) return BadAnswer("an empty body");
  const size_t size = body.size();
  body.resize(size + simdjson::SIMDJSON_PADDING);
  try {
    json::parser own;
    json::parser* const parser = ParserFor(size, &own);
    json::document document = parser->iterate(body.data(), size, body.size());
    auto result = read(document);
    if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) {
      return BadAnswer("text behind the JSON");
    }
    return result;
  } catch (const simdjson::simdjson_error& error) {
    return BadAnswer(absl::StrCat("not JSON: ", error.what()));
  }
}

// Calls `visit(key, value)` for each field of an object, in order.
template <typename Visit>
void ForEachField(json::value value, Visit visit) {
  if (value.type() != json::json_type::object) return;
  for (json::field field : value.get_object()) {
    const std::string_view key = field.unescaped_key();
    visit(key, field.value());
  }
}

// Calls `visit(value)` for each item of an array, in order.
template <typename Visit>
void ForEachItem(json::value value, Visit visit) {
  if (value.type() != json::json_type::array) return;
  for (json::value item : value.get_array()) visit(item);
}

// Appends the texts of an array to a repeated string field.
template <typename Strings>
void ReadTexts(json::value value, Strings* out) {
  ForEachItem(value, [out](json::value item) {
    std::string text;
    ReadText(item, &text);
    if (!text.empty()) *out->Add() = std::move(text);
  });
}

// Reads each object or array of an array into a new message of a repeated
// field.
template <typename Messages, typename Read>
void ReadList(json::value value, Messages* out, Read read) {
  ForEachItem(value, [out, read](json::value item) {
    const json::json_type type = item.type();
    if (type == json::json_type::object || type == json::json_type::array) {
      read(item, out->Add());
    }
  });
}

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_JSON_H_
