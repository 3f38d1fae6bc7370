#ifndef VTLOOKUP_VIRUSTOTAL_HTTP_FAILURES_H_
#define VTLOOKUP_VIRUSTOTAL_HTTP_FAILURES_H_

#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace vtlookup {

// How a request to VirusTotal can fail, each with its code, its reason and
// when to ask again (FailureOf). Messages are ours: VirusTotal's own may hold
// the API key or the whole URL.

// No whole answer: no connection, time-out, cut body. `sent`: whether
// VirusTotal may have seen the request, and counted it. Unavailable.
absl::Status Unreachable(std::string_view why, bool sent);

// An answer that is no verdict: an error status, junk. Unavailable.
absl::Status BadAnswer(std::string_view why);

// The same, and VirusTotal is in trouble: whatever is asked would fail.
absl::Status Outage(std::string_view why);

// VirusTotal has failed too often and is left alone for a while. Unavailable.
absl::Status LeftAlone(absl::Duration retry_after);

// A quota of the key is used up. `quota` is "minute", "day" or "month".
// ResourceExhausted.
absl::Status QuotaUsedUp(std::string_view quota, absl::Duration retry_after);

// VirusTotal takes no more requests for a while, whatever the quota says.
// ResourceExhausted.
absl::Status TooManyRequests(absl::Duration retry_after);

// VirusTotal says that it will have an answer later. Unavailable.
absl::Status NotAvailableYet();

// VirusTotal refuses the API key. FailedPrecondition.
absl::Status KeyRefused();

// VirusTotal knows the API key, which may not ask for this.
// FailedPrecondition.
absl::Status KeyNotAllowed();

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_HTTP_FAILURES_H_
