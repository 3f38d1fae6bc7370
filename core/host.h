#ifndef VTLOOKUP_CORE_HOST_H_
#define VTLOOKUP_CORE_HOST_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace vtlookup {

// Returns the shortest text form of an IPv4 or IPv6 address; an IPv4-mapped
// address becomes IPv4. Returns nullopt when `text` is not an address. A
// bracket, port, zone, prefix length, leading zero or short form ("127.1") is
// not allowed. The functions in this file are thread-safe.
std::optional<std::string> CanonicalIp(std::string_view text);

// Returns the A-form of a host name, in lower case. A trailing dot is kept.
// Also allows what real names contain beyond the standard: underscores, and
// names of one label. InvalidArgument says what is wrong with the name.
absl::StatusOr<std::string> CanonicalHostName(std::string_view text);

// Whether `host` is `domain` or a name below it. Capitals and a trailing dot of
// `host` do not matter.
bool IsWithinDomain(std::string_view host, std::string_view domain);

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_HOST_H_
