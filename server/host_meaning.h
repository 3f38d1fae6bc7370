#ifndef VTLOOKUP_SERVER_HOST_MEANING_H_
#define VTLOOKUP_SERVER_HOST_MEANING_H_

#include <string>
#include <string_view>
#include <vector>

namespace vtlookup {

// What a host means to the programs that would open it, however it is spelt.
// The host is in the form that CanonicalUrl gives it, without brackets.

// Whether the last label is a number, decimal or hexadecimal, as browsers judge
// it. Such a host is an IPv4 address in some spelling, or nothing at all; it is
// never a name. A trailing dot does not matter.
bool EndsInNumber(std::string_view host);

// The addresses that the host may mean, in canonical form; none when it is a
// name, or a number that is no address. IPv4 is read as inet_aton reads it:
// `127.1`, `0x7f000001`, `2130706433` and `0177.0.0.1` are all 127.0.0.1. A
// number with leading zeros is octal for some programs and decimal for others,
// so `010.0.0.1` means 8.0.0.1 and 10.0.0.1.
std::vector<std::string> AddressesMeantBy(std::string_view host);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_HOST_MEANING_H_
