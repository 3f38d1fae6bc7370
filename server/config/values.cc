#include "server/config/values.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/text.h"

namespace vtlookup {
namespace {

struct DurationUnit {
  std::string_view name;
  int64_t milliseconds;
};
// The longest unit is first.
constexpr std::array<DurationUnit, 5> kDurationUnits = {
    {{"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}}};

struct SizeUnit {
  std::string_view name;
  int shift;
};
constexpr std::array<SizeUnit, 4> kSizeUnits = {
    {{"TiB", 40}, {"GiB", 30}, {"MiB", 20}, {"KiB", 10}}};

// Takes the digits from the front of `text`.
bool TakeNumber(std::string_view* text, uint64_t* number) {
  size_t digits = 0;
  while (digits < text->size() &&
         absl::ascii_isdigit(static_cast<unsigned char>((*text)[digits]))) {
    ++digits;
  }
  const bool ok = absl::SimpleAtoi(ToAbsl(text->substr(0, digits)), number);
  text->remove_prefix(digits);
  return ok;
}

std::string_view TakeUnit(std::string_view* text) {
  size_t letters = 0;
  while (letters < text->size() &&
         absl::ascii_isalpha(static_cast<unsigned char>((*text)[letters]))) {
    ++letters;
  }
  const std::string_view unit = text->substr(0, letters);
  text->remove_prefix(letters);
  return unit;
}

absl::Status BadDuration() {
  return absl::InvalidArgumentError(
      "expected a duration such as 500ms, 30s, 15m, 24h or 7d");
}

absl::Status BadSize() {
  return absl::InvalidArgumentError(
      "expected a size such as 64KiB, 256MiB or 8GiB");
}

}  // namespace

absl::StatusOr<absl::Duration> ParseConfigDuration(std::string_view text) {
  const absl::Duration longest = absl::Hours(24) * 36500;
  if (text == "0") return absl::ZeroDuration();
  if (text.empty()) return BadDuration();
  absl::Duration sum;
  while (!text.empty()) {
    uint64_t number = 0;
    if (!TakeNumber(&text, &number)) return BadDuration();
    const std::string_view name = TakeUnit(&text);
    const DurationUnit* unit = nullptr;
    for (const DurationUnit& candidate : kDurationUnits) {
      if (candidate.name == name) unit = &candidate;
    }
    if (unit == nullptr) return BadDuration();
    // Saturates when the number is too large.
    sum += absl::Milliseconds(unit->milliseconds) *
           static_cast<int64_t>(std::min<uint64_t>(number, INT64_MAX));
    if (sum > longest) {
      return absl::InvalidArgumentError(
          "the duration is longer than a hundred years");
    }
  }
  return sum;
}

std::string FormatConfigDuration(absl::Duration duration) {
  int64_t left = absl::ToInt64Milliseconds(duration);
  if (left == 0) return "0s";
  std::string out;
  for (const DurationUnit& unit : kDurationUnits) {
    if (left < unit.milliseconds) continue;
    absl::StrAppend(&out, left / unit.milliseconds, ToAbsl(unit.name));
    left %= unit.milliseconds;
  }
  return out;
}

absl::StatusOr<uint64_t> ParseConfigSize(std::string_view text) {
  uint64_t number = 0;
  if (!TakeNumber(&text, &number)) return BadSize();
  if (text.empty()) return number;
  for (const SizeUnit& unit : kSizeUnits) {
    if (text != unit.name) continue;
    if (number > (std::numeric_limits<uint64_t>::max() >> unit.shift)) {
      return absl::InvalidArgumentError("the size is too large");
    }
    return number << unit.shift;
  }
  return BadSize();
}

std::string FormatConfigSize(uint64_t bytes) {
  for (const SizeUnit& unit : kSizeUnits) {
    if (bytes != 0 && bytes % (uint64_t{1} << unit.shift) == 0) {
      return absl::StrCat(bytes >> unit.shift, ToAbsl(unit.name));
    }
  }
  return absl::StrCat(bytes);
}

}  // namespace vtlookup
