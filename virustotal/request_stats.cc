#include "virustotal/request_stats.h"

#include <algorithm>

namespace vtlookup {

std::string EndpointOf(std::string_view url) {
  constexpr std::string_view kV2 = "/vtapi/v2/";
  constexpr std::string_view kV3 = "/api/v3/";
  if (const size_t at = url.find(kV2); at != std::string_view::npos) {
    const std::string_view rest = url.substr(at + kV2.size());
    return std::string(rest.substr(0, rest.find('?')));
  }
  const size_t at = url.find(kV3);
  if (at == std::string_view::npos) return "other";
  // The first part of the path is followed by the indicator or the user.
  const std::string_view rest = url.substr(at + kV3.size());
  return std::string(rest.substr(0, rest.find_first_of("/?")));
}

void RequestStats::Add(std::string_view url, int status,
                       absl::Duration elapsed) {
  ++counts_[{EndpointOf(url), status}];
  const double seconds = absl::ToDoubleSeconds(elapsed);
  const auto* const bound =
      std::lower_bound(kBounds.begin(), kBounds.end(), seconds);
  ++buckets_[static_cast<size_t>(bound - kBounds.begin())];
  seconds_ += seconds;
}

}  // namespace vtlookup
