#ifndef VTLOOKUP_VIRUSTOTAL_JSON_H_
#define VTLOOKUP_VIRUSTOTAL_JSON_H_

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vtlookup {

// Reads values of VirusTotal's JSON, which may be of another type than usual,
// or null: a value of a type that makes no sense reads as not sent. Broken
// JSON throws simdjson::simdjson_error, which a dialect catches.
namespace json = simdjson::ondemand;

// Leaves `out` alone when the value is not a string of valid characters.
void ReadText(json::value value, std::string* out);

// A whole number, also as float (cut) or as text.
std::optional<int64_t> ReadInt(json::value value);

// The same, when it is a count.
std::optional<uint32_t> ReadCount(json::value value);

// True for `true` only.
bool ReadBool(json::value value);

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
