#include "core/address.h"

#include <gtest/gtest.h>

#include <string>

namespace vtlookup {
namespace {

struct Split {
  const char* address;
  const char* host;
  int port;
};

TEST(Address, IsSplitIntoHostAndPort) {
  for (const auto& [address, host, port] :
       {Split{"a.example:80", "a.example", 80},
        Split{"1.2.3.4:0", "1.2.3.4", 0}, Split{"h:65535", "h", 65535},
        Split{"[::1]:50051", "::1", 50051}, Split{"[h]:1", "h", 1}}) {
    const std::optional<HostPort> parts = SplitAddress(address);
    ASSERT_TRUE(parts.has_value()) << address;
    EXPECT_EQ(parts->host, host);
    EXPECT_EQ(parts->port, port);
  }
}

TEST(Address, OfAnotherFormIsNotSplit) {
  for (const char* address :
       {"", "h", "h:", ":80", "[]:80", "[::1]", "::1:80", "h:65536", "h:-1",
        "h:+1", "h: 1", "h:1 ", "h:x", "h:99999999999", "[::1:80", "::1]:80"}) {
    EXPECT_FALSE(SplitAddress(address).has_value()) << address;
  }
}

TEST(Address, OnlyLoopbackIsLocal) {
  for (const char* address :
       {"localhost:1", "127.0.0.1:1", "127.9.9.9:1", "[::1]:1",
        "[0:0:0:0:0:0:0:1]:1", "[::ffff:127.0.0.1]:1", "unix:/run/x"}) {
    EXPECT_TRUE(IsLocalAddress(address)) << address;
  }
  // A name that only looks like a loopback address is looked up in DNS.
  for (const char* address :
       {"127.example.com:1", "127.0.0.1.example.com:1", "127.1:1",
        "localhost.example.com:1", "0.0.0.0:1", "[::]:1", "10.0.0.1:1",
        "[::ffff:10.0.0.1]:1", "127.0.0.1", "::1:1", "unix"}) {
    EXPECT_FALSE(IsLocalAddress(address)) << address;
  }
}

TEST(Address, GetsAnotherPort) {
  EXPECT_EQ(WithPort("a.example:0", 80), "a.example:80");
  EXPECT_EQ(WithPort("[::1]:0", 50051), "[::1]:50051");
  EXPECT_EQ(WithPort("unix:/run/x:0", 1), "unix:/run/x:0");
}

}  // namespace
}  // namespace vtlookup
