#include "virustotal/json.h"

#include "absl/strings/numbers.h"
#include "core/text.h"

namespace vtlookup {
namespace {

// A parser keeps some 6 bytes for each of the largest body it has had.
constexpr size_t kLargestKept = 1U << 20;

}  // namespace

json::parser* ParserFor(size_t size, json::parser* own) {
  thread_local json::parser kept;
  return size > kLargestKept ? own : &kept;
}

void ReadText(json::value value, std::string* out) {
  std::string_view text;
  if (value.get_string().get(text) == simdjson::SUCCESS) *out = text;
}

std::optional<int64_t> ReadInt(json::value value) {
  if (value.type() == json::json_type::string) {
    std::string_view text;
    int64_t parsed = 0;
    if (value.get_string().get(text) == simdjson::SUCCESS &&
        absl::SimpleAtoi(ToAbsl(text), &parsed)) {
      return parsed;
    }
    return std::nullopt;
  }
  double number = 0;  // exact up to 2^53; some times are sent as floats
  if (value.get_double().get(number) != simdjson::SUCCESS ||
      !(number > -9e15 && number < 9e15)) {
    return std::nullopt;
  }
  return static_cast<int64_t>(number);
}

std::optional<int64_t> ReadUnixTime(json::value value) {
  constexpr int64_t kEndOfYear9999 = 253402300799;  // what protobuf can hold
  const std::optional<int64_t> seconds = ReadInt(value);
  if (!seconds.has_value() || *seconds < 0 || *seconds > kEndOfYear9999) {
    return std::nullopt;
  }
  return seconds;
}

std::optional<uint32_t> ReadCount(json::value value) {
  const std::optional<int64_t> number = ReadInt(value);
  if (!number.has_value() || *number < 0 || *number > UINT32_MAX) {
    return std::nullopt;
  }
  return static_cast<uint32_t>(*number);
}

bool ReadBool(json::value value) {
  bool truth = false;
  return value.get_bool().get(truth) == simdjson::SUCCESS && truth;
}

}  // namespace vtlookup
