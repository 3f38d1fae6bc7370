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

// Counts requests to VirusTotal by endpoint, and by status or duration. Loop
// only.
class RequestStats {
 public:
  // Upper bounds of the durations' buckets, in seconds.
  static constexpr std::array<double, 9> kBounds = {0.05, 0.1, 0.25, 0.5, 1,
                                                    2.5,  5,   10,   20};

  // Counts a request that has ended. `status` 0 means that no complete response
  // came.
  void Add(std::string_view url, int status, absl::Duration elapsed);

  // By endpoint (EndpointOf) and status.
  const std::map<std::pair<std::string, int>, uint64_t>& counts() const {
    return counts_;
  }
  // The last bucket is for requests that took longer than all bounds.
  const std::array<uint64_t, kBounds.size() + 1>& buckets() const {
    return buckets_;
  }
  double seconds() const { return seconds_; }

 private:
  std::map<std::pair<std::string, int>, uint64_t> counts_;
  std::array<uint64_t, kBounds.size() + 1> buckets_{};
  double seconds_ = 0;
};

// Returns the endpoint of a URL of VirusTotal's API, without the indicator:
// "urls", "url/report". There are only as many as our dialects use.
// Thread-safe.
std::string EndpointOf(std::string_view url);

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_REQUEST_STATS_H_
