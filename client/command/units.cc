#include "client/command/units.h"

#include <iterator>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace vtlookup {

std::string Grouped(uint64_t number) {
  std::string text = absl::StrCat(number);
  for (size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

std::string LongOf(absl::Duration duration) {
  struct Unit {
    const char* name;
    int64_t seconds;
  };
  constexpr Unit kUnits[] = {{"d", 86400}, {"h", 3600}, {"min", 60}, {"s", 1}};
  int64_t left = absl::ToInt64Seconds(duration);
  std::vector<std::string> parts;
  for (const Unit& unit : kUnits) {
    const int64_t count = left / unit.seconds;
    left %= unit.seconds;
    if (count == 0 && parts.empty()) continue;
    if (count > 0) parts.push_back(absl::StrCat(count, " ", unit.name));
    if (parts.size() == 2 || count == 0) break;
  }
  return parts.empty() ? "0 s" : absl::StrJoin(parts, " ");
}

std::string SizeOf(uint64_t bytes) {
  constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  auto size = static_cast<double>(bytes);
  size_t unit = 0;
  while (size >= 1024 && unit + 1 < std::size(kUnits)) {
    size /= 1024;
    ++unit;
  }
  return absl::StrFormat("%.*f %s", unit == 0 || size >= 100 ? 0 : 1, size,
                         kUnits[unit]);
}

}  // namespace vtlookup
