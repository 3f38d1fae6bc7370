#ifndef VTLOOKUP_SERVER_PRIVACY_PRIVATE_ADDRESS_H_
#define VTLOOKUP_SERVER_PRIVACY_PRIVATE_ADDRESS_H_

#include <string_view>

namespace vtlookup {

// Whether an address, in canonical text form, is not one of the public
// Internet: private, shared, loopback, link-local, for documentation, multicast
// or reserved (IANA's special-purpose registries). An IPv6 address that carries
// an IPv4 one (NAT64, 6to4) is judged by that, too.
bool IsPrivateAddress(std::string_view ip);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_PRIVACY_PRIVATE_ADDRESS_H_
