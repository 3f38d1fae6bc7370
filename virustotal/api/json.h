#ifndef VTLOOKUP_VIRUSTOTAL_API_JSON_H_
#define VTLOOKUP_VIRUSTOTAL_API_JSON_H_

#include <simdjson.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "virustotal/http/failures.h"

namespace vtlookup {

// Reads values of VirusTotal's JSON. They may have another type than usual, or
// be null: a value of an unusable type counts as absent. Values point into the
// parser's memory and are valid until the callback of ReadJson returns.
// Thread-safe.
namespace json {
using value = simdjson::dom::element;
using array = simdjson::dom::array;
using object = simdjson::dom::object;
using parser = simdjson::dom::parser;
}  // namespace json

// Reads a string. Leaves `out` unchanged when the value is not a string of
// valid characters.
void ReadText(json::value value, std::string* out);

// Reads a whole number, also a float without a fraction (5.0) or a text of
// digits. Anything else, such as 0.9 or `true`, counts as absent: a value that
// is almost a number must not become one.
std::optional<int64_t> ReadInt(json::value value);

// Reads a time in seconds since 1970, up to the year 9999. Some are floats; the
// fraction is dropped.
std::optional<int64_t> ReadUnixTime(json::value value);

// Reads a whole number from 0 to 2^32 - 1.
std::optional<uint32_t> ReadCount(json::value value);

// True for `true` only.
bool ReadBool(json::value value);

// Returns the parser for a body of `size` bytes. That is the parser of this
// thread, which keeps its memory for later bodies, or `own`, if that would be
// too much memory to keep.
json::parser* ParserFor(size_t size, json::parser* own);

// Thrown by ForEachField and caught by ReadJson when an object has a key twice,
// because such an object has no certain meaning.
struct DuplicateKey {};

// Finds keys that an object has twice. A filter of hashes, smaller for small
// objects, avoids nearly all comparisons. With thousands of keys, which no real
// report has, the filter would be full and each key would be compared with all
// before it, so a hash table is used instead. Borrows the object's memory.
class KeyCheck {
 public:
  explicit KeyCheck(json::object object) : object_(object) {
    if (object.size() > kMany) {
      table_.emplace();
    } else if (object.size() > kFew) {
      shift_ = 64 - kMostBits;
      seen_.fill(0);
    } else {
      shift_ = 64 - kFewBits;
      seen_[0] = 0;
    }
  }

  // Call this for each key in order. Throws DuplicateKey.
  void Add(std::string_view key) {
    if (table_.has_value()) return AddToTable(key);
    const uint64_t hash = HashOf(key) >> shift_;
    uint64_t& word = seen_[hash / 64];
    const uint64_t bit = uint64_t{1} << (hash % 64);
    if ((word & bit) != 0) CompareWithEarlier(key);
    word |= bit;
  }

 private:
  static constexpr size_t kFew = 8;
  static constexpr int kFewBits = 6;    // one word
  static constexpr int kMostBits = 10;  // for the 70 engines of a report
  static constexpr size_t kMany = 2000;

  template <typename Number>
  static uint64_t LoadAs(const char* text) {
    Number number;
    std::memcpy(&number, text, sizeof number);
    return number;
  }

  // Hashes the length and the first and last bytes, which may overlap: the
  // names of fields and of engines differ there.
  static uint64_t HashOf(std::string_view key) {
    const char* const begin = key.data();
    const char* const end = begin + key.size();
    uint64_t first = 0;
    uint64_t last = 0;
    if (key.size() >= 8) {
      first = LoadAs<uint64_t>(begin);
      last = LoadAs<uint64_t>(end - 8);
    } else if (key.size() >= 4) {
      first = LoadAs<uint32_t>(begin);
      last = LoadAs<uint32_t>(end - 4);
    } else if (!key.empty()) {
      first = LoadAs<uint8_t>(begin + key.size() / 2);
      last = LoadAs<uint8_t>(begin) << 8 | LoadAs<uint8_t>(end - 1);
    }
    return (first ^ (last * 0x9E3779B97F4A7C15U) ^ key.size()) *
           0xD6E8FEB86659FD93U;
  }

  // Two keys may share a hash; only equal ones are duplicates.
  void CompareWithEarlier(std::string_view key) const;

  void AddToTable(std::string_view key);

  const json::object object_;
  int shift_ = 0;
  // The filter. Words that the size of the object does not need are not set.
  std::array<uint64_t, (1U << kMostBits) / 64> seen_;
  std::optional<absl::flat_hash_set<absl::string_view>> table_;
};

// Parses a body of `size` bytes, behind which SIMDJSON_PADDING more may be
// read. A half of a surrogate pair becomes U+FFFD: VirusTotal cuts texts in the
// middle of a character, and the rest of the report is as good. `body` may be
// changed. `parser` and `body` must outlive `root`.
simdjson::error_code ParseBody(json::parser* parser, size_t size,
                               std::string* body, json::value* root);

// Parses a body and returns the result of `read(json::value)`, an absl::Status
// or StatusOr; `read` must not call ReadJson. The whole body is validated
// before any of it is read, also the parts that `read` skips. BadAnswer when
// the body is not JSON, is more than one value, or has a duplicate key in an
// object whose fields are read. A half of a surrogate pair is read as U+FFFD.
template <typename Read>
auto ReadJson(std::string body, Read read)
    -> std::invoke_result_t<Read, json::value> {
  const size_t size = body.size();
  body.resize(size + simdjson::SIMDJSON_PADDING);
  json::parser own;
  json::value root;
  const simdjson::error_code error =
      ParseBody(ParserFor(size, &own), size, &body, &root);
  if (error != simdjson::SUCCESS) {
    return BadAnswer(
        absl::StrCat("not JSON: ", simdjson::error_message(error)));
  }
  try {
    return read(root);
  } catch (const DuplicateKey&) {
    return BadAnswer("an object has the same key twice");
  }
}

// Calls `visit(key, value)` for each field of an object, in order; does nothing
// for a value of another type. Throws DuplicateKey.
template <typename Visit>
void ForEachField(json::value value, Visit visit) {
  json::object object;
  if (value.get(object) != simdjson::SUCCESS) return;
  KeyCheck keys(object);
  for (const simdjson::dom::key_value_pair field : object) {
    keys.Add(field.key);
    visit(field.key, field.value);
  }
}

// Calls `visit(value)` for each item of an array, in order; does nothing for a
// value of another type.
template <typename Visit>
void ForEachItem(json::value value, Visit visit) {
  json::array array;
  if (value.get(array) != simdjson::SUCCESS) return;
  for (const json::value item : array) visit(item);
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
    if (item.is_object() || item.is_array()) read(item, out->Add());
  });
}

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_API_JSON_H_
