#ifndef VTLOOKUP_CORE_FAILURE_H_
#define VTLOOKUP_CORE_FAILURE_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace vtlookup {

// What a failed lookup tells a program in addition to its status code. A
// Failure travels inside the absl::Status; grpc_status.h turns it into
// google.rpc details. The functions in this file are thread-safe.
struct Failure {
  std::string reason = {};  // UPPER_SNAKE_CASE, stable: part of the public API
  // How long to wait before the request makes sense again.
  std::optional<absl::Duration> retry_after = std::nullopt;
  std::string quota = {};  // the quota that is used up; empty: none
  bool not_sent = false;   // VirusTotal has seen nothing of the request
  bool outage = false;     // VirusTotal fails, whatever it is asked
  std::string field = {};  // the invalid field of the request; empty: none
};

// Returns a status that carries `failure`. REQUIRES: `code` is not kOk.
absl::Status FailureStatus(absl::StatusCode code, std::string_view message,
                           const Failure& failure);

// Returns the Failure that `status` carries, or an empty one if it carries
// none.
Failure FailureOf(const absl::Status& status);

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_FAILURE_H_
