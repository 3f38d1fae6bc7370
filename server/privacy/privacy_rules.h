#ifndef VTLOOKUP_SERVER_PRIVACY_PRIVACY_RULES_H_
#define VTLOOKUP_SERVER_PRIVACY_PRIVACY_RULES_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace vtlookup {

// These functions bring the hosts of privacy rules into the form that
// indicators have. The same code canonicalises both, so that
// `.Corp.Example.com.` and `corp.example.com` are one domain. InvalidArgument
// says what is wrong with the entry, and what to write instead; a configuration
// with such an entry is refused. Thread-safe.

// An entry of `privacy.internal_domains`: a domain, which may have only one
// label. Leading dots and one trailing dot are dropped.
absl::StatusOr<std::string> CanonicalInternalDomain(std::string_view text);

// A `privacy.redact[].host`: `*`, an IP address, or a domain as for
// CanonicalInternalDomain.
absl::StatusOr<std::string> CanonicalRedactionHost(std::string_view text);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_PRIVACY_PRIVACY_RULES_H_
