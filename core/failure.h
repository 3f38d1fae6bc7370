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
  // One of failure_reasons.h; empty: none, and programs then get the name of
  // the status code instead.
  std::string reason = {};
  // How long to wait before the same request may succeed; nullopt: not known,
  // or waiting does not help.
  std::optional<absl::Duration> retry_after = std::nullopt;
  std::string quota = {};  // the quota that is used up; empty: none
  // An HTTP request was started, but nothing of it has left this machine, so it
  // costs no quota. False also for failures for which no HTTP request was
  // started, such as an empty quota.
  bool not_sent = false;
  // VirusTotal cannot be reached or is in trouble, so a request about another
  // indicator would fail, too. The failed request may be made again, and the
  // failure counts for the circuit breaker.
  bool outage = false;
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
