#ifndef VTLOOKUP_VIRUSTOTAL_REQUEST_STATS_H_
#define VTLOOKUP_VIRUSTOTAL_REQUEST_STATS_H_

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "absl/time/time.h"

namespace vtlookup {

// Counts requests to VirusTotal by what they asked and how they ended. Loop
// only.
class RequestStats {
 public:
  // Upper bounds of the times that are told apart, in seconds.
  static constexpr std::array<double, 9> kBounds = {0.05, 0.1, 0.25, 0.5, 1,
                                                    2.5,  5,   10,   20};

  // `status` 0: no whole response came.
  void Add(std::string_view url, int status, absl::Duration elapsed);

  // By endpoint, as EndpointOf names it, and status.
  const std::map<std::pair<std::string, int>, uint64_t>& counts() const {
    return counts_;
  }
  // The last is of those that took longer than all bounds.
  const std::array<uint64_t, kBounds.size() + 1>& buckets() const {
    return buckets_;
  }
  double seconds() const { return seconds_; }

 private:
  std::map<std::pair<std::string, int>, uint64_t> counts_;
  std::array<uint64_t, kBounds.size() + 1> buckets_{};
  double seconds_ = 0;
};

// What a URL of VirusTotal's API asks for, without whatever it is asked about:
// "urls", "url/report". There are as many as our dialects use.
std::string EndpointOf(std::string_view url);

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_REQUEST_STATS_H_
