#include "virustotal/v2/scan_fields.h"

#include "absl/time/time.h"
#include "core/text.h"

namespace vtlookup {

std::optional<int64_t> ParseDateV2(std::string_view text) {
  absl::Time time;
  std::string error;
  for (const char* format : {"%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"}) {
    if (absl::ParseTime(format, ToAbsl(text), &time, &error)) {
      return absl::ToUnixSeconds(time);
    }
  }
  return std::nullopt;
}

}  // namespace vtlookup
