#ifndef VTLOOKUP_CORE_HOST_H_
#define VTLOOKUP_CORE_HOST_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace vtlookup {

// The shortest text form of an IPv4 or IPv6 address, IPv4-mapped ones folded
// to IPv4; nothing when `text` is not an address. No brackets, port, zone,
// prefix length, leading zeros or short forms ("127.1").
std::optional<std::string> CanonicalIp(std::string_view text);

// The A-form of a host name, lower case. A trailing dot is kept. Allows what
// is found in real names beyond the standard: underscores, one label.
// InvalidArgument says what is wrong with the name.
absl::StatusOr<std::string> CanonicalHostName(std::string_view text);

// Whether a host is `domain` or below it, however they are capitalised; a
// trailing dot of the host does not matter.
bool IsWithinDomain(std::string_view host, std::string_view domain);

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_HOST_H_
