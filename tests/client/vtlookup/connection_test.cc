#include "vtlookup/connection.h"

#include <gtest/gtest.h>

namespace vtlookup {
namespace {

TEST(Connection, SaysWhichOptionsMakeNoSense) {
  EXPECT_EQ(Connect("h:1", {.ca_file = "x"}).status().message(),
            "certificate or key files are given, but TLS is off: set "
            "ConnectionOptions::tls (--tls), or leave the files out");
  EXPECT_EQ(Connect("h:1", {.tls = true, .key_file = "x"}).status().message(),
            "a certificate and its key must be given together");
  EXPECT_EQ(
      Connect("h:1", {.tls = true, .ca_file = "/nowhere"}).status().message(),
      "/nowhere: cannot be read");
}

}  // namespace
}  // namespace vtlookup
