#ifndef VTLOOKUP_SERVER_PRIVACY_HOST_MEANING_H_
#define VTLOOKUP_SERVER_PRIVACY_HOST_MEANING_H_

#include <string>
#include <string_view>
#include <vector>

namespace vtlookup {

// These functions tell what a host of a URL means to the programs that open the
// URL, in whatever way it is spelt. The host is in the form of CanonicalUrl,
// without brackets. Thread-safe.

// Whether the last label is a number, decimal or hexadecimal, by the rules of
// browsers. Such a host is an IPv4 address in some spelling or is invalid; it
// is never a name. A trailing dot does not matter.
bool EndsInNumber(std::string_view host);

// The addresses that the host may mean, in canonical form. Empty when the host
// is a name, or a number that is not an address. IPv4 is read by the rules of
// inet_aton: `127.1`, `0x7f000001`, `2130706433` and `0177.0.0.1` are all
// 127.0.0.1. A number with leading zeros is octal for some programs and decimal
// for others, so `010.0.0.1` gives both 8.0.0.1 and 10.0.0.1.
std::vector<std::string> AddressesMeantBy(std::string_view host);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_PRIVACY_HOST_MEANING_H_
