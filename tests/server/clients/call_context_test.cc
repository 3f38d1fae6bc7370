#include "server/clients/call_context.h"

#include <gtest/gtest.h>

namespace vtlookup {
namespace {

TEST(ClientOf, AHostIsOneClientWhateverItsPorts) {
  EXPECT_EQ(ClientOf("ipv4:10.1.2.3:4567"), "ipv4:10.1.2.3");
  EXPECT_EQ(ClientOf("ipv6:%5Bfd00::1%5D:4567"), "ipv6:%5Bfd00::1%5D");
  EXPECT_NE(ClientOf("ipv4:127.0.0.1:1"), ClientOf("ipv4:127.0.0.1:2"));
  EXPECT_NE(ClientOf("ipv6:%5B::1%5D:1"), ClientOf("ipv6:%5B::1%5D:2"));
  EXPECT_EQ(ClientOf("unix:"), "unix:");
}

}  // namespace
}  // namespace vtlookup
