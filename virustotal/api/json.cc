#include "virustotal/api/json.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "core/lone_surrogates.h"
#include "core/text.h"

namespace vtlookup {
namespace {

// Bytes of the largest body for which a thread keeps its parser. A parser keeps
// some 14 bytes for each byte of its largest body: 8 for values, 4 for the
// positions of brackets and commas, 2 for texts.
constexpr size_t kLargestKept = 1U << 20;

// At this size and above, floats do not distinguish neighbouring integers.
constexpr double kLargestExact = 9007199254740992;  // 2^53

// Parses an optional minus sign and digits: no blanks, no plus sign, no
// hexadecimal digits.
std::optional<int64_t> ParseDigits(std::string_view text) {
  const std::string_view digits =
      text.substr(!text.empty() && text.front() == '-' ? 1 : 0);
  int64_t number = 0;
  const bool all_digits = std::all_of(digits.begin(), digits.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c));
  });
  if (!all_digits || !absl::SimpleAtoi(ToAbsl(text), &number)) {
    return std::nullopt;
  }
  return number;
}

}  // namespace

void KeyCheck::AddToTable(std::string_view key) {
  if (!table_->insert(ToAbsl(key)).second) throw DuplicateKey();
}

void KeyCheck::CompareWithEarlier(std::string_view key) const {
  for (const simdjson::dom::key_value_pair field : object_) {
    if (field.key.data() == key.data()) return;
    if (field.key == key) throw DuplicateKey();
  }
}

json::parser* ParserFor(size_t size, json::parser* own) {
  thread_local json::parser kept;
  return size > kLargestKept ? own : &kept;
}

simdjson::error_code ParseBody(json::parser* parser, size_t size,
                               std::string* body, json::value* root) {
  const auto parse = [parser, body, root](size_t bytes) {
    return parser->parse(body->data(), bytes, /*realloc_if_needed=*/false)
        .get(*root);
  };
  const simdjson::error_code error = parse(size);
  if (error != simdjson::STRING_ERROR) return error;
  std::string repaired =
      WithoutLoneSurrogates(std::string_view(*body).substr(0, size));
  const size_t repaired_size = repaired.size();
  repaired.resize(repaired_size + simdjson::SIMDJSON_PADDING);
  *body = std::move(repaired);
  return parse(repaired_size);
}

void ReadText(json::value value, std::string* out) {
  std::string_view text;
  if (value.get_string().get(text) == simdjson::SUCCESS) *out = text;
}

std::optional<int64_t> ReadInt(json::value value) {
  switch (value.type()) {
    case simdjson::dom::element_type::INT64:
      return value.get_int64().value_unsafe();
    case simdjson::dom::element_type::DOUBLE: {
      const double number = value.get_double().value_unsafe();
      if (std::abs(number) >= kLargestExact || number != std::trunc(number)) {
        return std::nullopt;
      }
      return static_cast<int64_t>(number);
    }
    case simdjson::dom::element_type::STRING:
      return ParseDigits(value.get_string().value_unsafe());
    default:  // a UINT64 does not fit into an int64_t
      return std::nullopt;
  }
}

std::optional<int64_t> ReadUnixTime(json::value value) {
  constexpr int64_t kEndOfYear9999 = 253402300799;  // protobuf's latest time
  std::optional<int64_t> seconds = ReadInt(value);
  double number = 0;
  if (value.is_double() && value.get(number) == simdjson::SUCCESS &&
      std::abs(number) < kLargestExact) {
    seconds = static_cast<int64_t>(number);
  }
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
