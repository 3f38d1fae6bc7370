#ifndef VTLOOKUP_SERVER_PRIVACY_PRIVATE_ADDRESS_H_
#define VTLOOKUP_SERVER_PRIVACY_PRIVATE_ADDRESS_H_

#include <string_view>

namespace vtlookup {

// Whether `ip`, in canonical text form, is outside the public Internet:
// private, shared, loopback, link-local, for documentation, multicast, reserved
// (IANA's special-purpose registries) or, for IPv6, not assigned. An IPv6
// address that carries an IPv4 address (mapped, NAT64, 6to4) is judged by the
// latter. False when `ip` is not an address. Thread-safe.
bool IsPrivateAddress(std::string_view ip);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_PRIVACY_PRIVATE_ADDRESS_H_
