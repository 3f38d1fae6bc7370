#include "server/privacy/private_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>

namespace vtlookup {
namespace {

struct Network4 {
  uint32_t address;
  int bits;
};
constexpr Network4 kPrivate4[] = {
    {0x00000000, 8},   // this network
    {0x0a000000, 8},   // private
    {0x64400000, 10},  // shared, of carriers
    {0x7f000000, 8},   // loopback
    {0xa9fe0000, 16},  // link-local
    {0xac100000, 12},  // private
    {0xc0000000, 24},  // protocol assignments
    {0xc0000200, 24},  // documentation
    {0xc0586300, 24},  // once for 6to4
    {0xc0a80000, 16},  // private
    {0xc6120000, 15},  // benchmarks
    {0xc6336400, 24},  // documentation
    {0xcb007100, 24},  // documentation
    {0xe0000000, 4},   // multicast
    {0xf0000000, 4},   // reserved, broadcast
};

using Bytes6 = std::array<uint8_t, 16>;
struct Network6 {
  Bytes6 address;
  int bits;
};
constexpr Network6 kPrivate6[] = {
    {{}, 127},                       // unspecified and loopback
    {{0x20, 0x01, 0x00, 0x00}, 23},  // protocol assignments, Teredo
    {{0x20, 0x01, 0x0d, 0xb8}, 32},  // documentation
    {{0x3f, 0xff}, 20},              // documentation
    {{0x5f, 0x00}, 16},              // segment routing
    {{0xfc}, 7},                     // unique local
    {{0xfe, 0x80}, 10},              // link-local
    {{0xfe, 0xc0}, 10},              // site-local
    {{0xff}, 8},                     // multicast
};

// Networks whose addresses carry an IPv4 address, from the byte `at` on.
struct Carrier {
  Network6 network;
  size_t at;
};
constexpr Carrier kCarriers[] = {
    {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96}, 12},  // mapped
    {{{0x00, 0x64, 0xff, 0x9b}, 96}, 12},                    // NAT64
    {{{0x20, 0x02}, 16}, 2},                                 // 6to4
};

bool IsPrivate4(uint32_t address) {
  return std::any_of(std::begin(kPrivate4), std::end(kPrivate4),
                     [address](const Network4& network) {
                       const int rest = 32 - network.bits;
                       return address >> rest == network.address >> rest;
                     });
}

bool Contains(const Network6& network, const Bytes6& address) {
  for (int bit = 0; bit < network.bits; bit += 8) {
    const int used = std::min(8, network.bits - bit);
    const auto at = static_cast<size_t>(bit / 8);
    if (address[at] >> (8 - used) != network.address[at] >> (8 - used)) {
      return false;
    }
  }
  return true;
}

bool IsPrivate6(const Bytes6& address) {
  for (const Network6& network : kPrivate6) {
    if (Contains(network, address)) return true;
  }
  for (const Carrier& carrier : kCarriers) {
    if (!Contains(carrier.network, address)) continue;
    uint32_t carried = 0;
    std::memcpy(&carried, address.data() + carrier.at, sizeof carried);
    return IsPrivate4(ntohl(carried));
  }
  // IANA has assigned no other addresses than these.
  constexpr Network6 kUnicast = {{0x20}, 3};
  return !Contains(kUnicast, address);
}

}  // namespace

bool IsPrivateAddress(std::string_view ip) {
  const std::string text(ip);
  in_addr v4;
  if (inet_pton(AF_INET, text.c_str(), &v4) == 1) {
    return IsPrivate4(ntohl(v4.s_addr));
  }
  Bytes6 v6;
  return inet_pton(AF_INET6, text.c_str(), v6.data()) == 1 && IsPrivate6(v6);
}

}  // namespace vtlookup
