#ifndef VTLOOKUP_VIRUSTOTAL_HTTP_FAILURES_H_
#define VTLOOKUP_VIRUSTOTAL_HTTP_FAILURES_H_

#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace vtlookup {

// These functions make the failures of requests to VirusTotal, each with its
// code, its reason and the time after which to ask again (FailureOf). The
// messages are ours, because VirusTotal's own may contain the API key or the
// whole URL. Thread-safe.

// No complete answer came: no connection, a time-out, a cut body. `sent` says
// whether VirusTotal may have seen the request, and counted it. Unavailable.
absl::Status Unreachable(std::string_view why, bool sent);

// An answer is not usable: an error status, or not JSON. Unavailable.
absl::Status BadAnswer(std::string_view why);

// VirusTotal is in trouble, so that every request would fail. Unavailable.
absl::Status Outage(std::string_view why);

// VirusTotal has failed too often and is left alone for a while. Unavailable.
absl::Status LeftAlone(absl::Duration retry_after);

// A quota of the key is used up. `quota` is "minute", "day" or "month".
// ResourceExhausted.
absl::Status QuotaUsedUp(std::string_view quota, absl::Duration retry_after);

// VirusTotal says that a quota of the key is used up, and not which one.
// `retry_after` is what VirusTotal says, or a minute; the key may pause for
// longer. ResourceExhausted, QUOTA_MINUTE_EXCEEDED.
absl::Status QuotaRefused(absl::Duration retry_after);

// The failure of later requests: no request is made for `left`, because
// VirusTotal has refused one (QuotaRefused). ResourceExhausted,
// QUOTA_MINUTE_EXCEEDED.
absl::Status QuotaPaused(absl::Duration left);

// VirusTotal takes no more requests for a while, whatever the quota says.
// ResourceExhausted.
absl::Status TooManyRequests(absl::Duration retry_after);

// VirusTotal says that it will have an answer later. Unavailable.
absl::Status NotAvailableYet();

// VirusTotal refuses the API key. FailedPrecondition.
absl::Status KeyRefused();

// VirusTotal knows the API key, but the key may not make this request.
// FailedPrecondition.
absl::Status KeyNotAllowed();

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_HTTP_FAILURES_H_
