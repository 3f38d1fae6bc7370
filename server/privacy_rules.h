#ifndef VTLOOKUP_SERVER_PRIVACY_RULES_H_
#define VTLOOKUP_SERVER_PRIVACY_RULES_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace vtlookup {

// The hosts of privacy rules, in the form that indicators have: the same code
// canonicalises both, so that `.Corp.Example.com.` and `corp.example.com` are
// one domain. InvalidArgument says what is wrong with the entry, and what to
// write instead; configurations with such an entry are refused.

// Of `privacy.internal_domains`: a domain, which may have one label only.
// Leading dots and one trailing dot are dropped.
absl::StatusOr<std::string> CanonicalInternalDomain(std::string_view text);

// Of `privacy.redact[].host`: `*`, a domain as above, or an IP address.
absl::StatusOr<std::string> CanonicalRedactionHost(std::string_view text);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_PRIVACY_RULES_H_
