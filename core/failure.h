#ifndef VTLOOKUP_CORE_FAILURE_H_
#define VTLOOKUP_CORE_FAILURE_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace vtlookup {

// What a failed lookup tells a program beside its status code. It travels
// inside the absl::Status, and becomes google.rpc details at the edge.
struct Failure {
  std::string reason = {};  // UPPER_SNAKE_CASE, stable: part of the public face
  // When asking again makes sense.
  std::optional<absl::Duration> retry_after = std::nullopt;
  std::string quota = {};  // which quota stands in the way; empty: none
  bool not_sent = false;   // VirusTotal has seen nothing of the request
  bool outage = false;     // VirusTotal is in trouble, whatever was asked
  std::string field = {};  // which field of the request is wrong; empty: none
};

// A status that carries `failure`. `code` must not be kOk.
absl::Status FailureStatus(absl::StatusCode code, std::string_view message,
                           const Failure& failure);

// What `status` carries; an empty Failure when it carries none.
Failure FailureOf(const absl::Status& status);

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_FAILURE_H_
