#ifndef VTLOOKUP_SERVER_OPERATORS_FAILURE_LOG_H_
#define VTLOOKUP_SERVER_OPERATORS_FAILURE_LOG_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace vtlookup {

// Tells the operator why lookups fail, without filling the log: each reason is
// logged when it first occurs, and then at most once a minute, with the number
// of failures since. Messages of failures contain no indicator and no secret.
// One thread at a time.
class FailureLog {
 public:
  static constexpr absl::Duration kPause = absl::Minutes(1);

  explicit FailureLog(std::function<void(std::string_view)> write);

  // Logs the failure, or only counts it if one with the same reason was logged
  // less than kPause ago. `now` is uptime.
  void Note(const absl::Status& failure, absl::Duration now);

 private:
  struct Told {
    absl::Duration next = -absl::InfiniteDuration();
    uint64_t since = 0;
  };

  const std::function<void(std::string_view)> write_;
  std::map<std::string, Told> by_reason_;  // reasons are few and fixed
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_OPERATORS_FAILURE_LOG_H_
