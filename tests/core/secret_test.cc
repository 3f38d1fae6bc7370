#include "core/secret.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace vtlookup {
namespace {

using testing::HasSubstr;
using testing::Not;

// None of these secrets is in use: they were made with openssl rand, and one is
// the example of RFC 7519.
constexpr const char* kSecrets[] = {
    // 64 and 32 hexadecimal digits.
    "5f0c3a9b7e1d42868c0f9e3b5a7d1c2e4f60718293a4b5c6d7e8f9012a3b4c5d",
    "5F0C3A9B7E1D42868C0F9E3B5A7D1C2E4F60718293A4B5C6D7E8F9012A3B4C5D",
    "9e107d9d372bb6826bd81d3542a419d6",
    // base64 of 32 and of 24 bytes, with + / and =.
    "q7Jt3yZ0mW+Xr5hK9vL2cN8bP4dF6gS1aT7eU0iO3kY=",
    "Zk3/q7Jt3yZ0mW+Xr5hK9vL2cN8bP4dF6gS1aT7eU0i=",
    "q7Jt3yZ0mWXr5hK9vL2cN8bP4dF6gS1a",
    // base64url.
    "q7Jt3yZ0mW-Xr5hK9vL2cN8bP4dF6gS1aT7eU0iO3kY",
    // A token of a service with a prefix.
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.x",
    "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n"};

constexpr const char* kPlain[] = {
    "",
    "127.0.0.1:50051",
    "[2001:db8:85a3::8a2e:370:7334]:50051",
    "https://www.virustotal.com/api/v3",
    "/var/lib/vtlookupd/verdicts/000123.sst",
    "/run/user/1000/vtlookupd/admin.sock",
    "/home/Anna2/Projects/VirusTotal/Configuration/Production/key1",
    "etc/vtlookupd/Production2/certificates/intermediate/chain",
    "/etc/ssl/certs/ISRG_Root_X1.pem",
    "123e4567-e89b-12d3-a456-426614174000",
    "virustotal.quota.reserve_percent",
    "limits.wait_without_deadline",
    "unix:/tmp/vtlookup-Xy12Ab/admin.sock",
    "cannot be read, or empty",
    "kubernetes-cluster-production-eu-west-1-node-17",
    "SOC-Team-Berlin-Analysts-2",
    "internationalisation_of_the_configuration_file",
    "2147483648"};

TEST(Secret, WhatLooksLikeOneIsNotShown) {
  for (const std::string secret : kSecrets) {
    EXPECT_TRUE(LooksLikeSecret(secret)) << secret;
    for (const std::string& text :
         {secret, "/etc/vt/" + secret, "--virustotal.key=" + secret + " more",
          "'" + secret + "': cannot be read"}) {
      const std::string shown = Shown(text);
      EXPECT_THAT(shown, HasSubstr("(looks like a secret; not shown)"));
      EXPECT_THAT(shown, Not(HasSubstr(secret.substr(10, 12)))) << text;
    }
  }
}

TEST(Secret, WhatStandsAroundItIsShown) {
  const std::string key(64, 'a');
  EXPECT_EQ(Shown("c.yml:3: " + key + ": unknown key"),
            "c.yml:3: (looks like a secret; not shown): unknown key");
  EXPECT_EQ(
      Shown(key + "," + key),
      "(looks like a secret; not shown),(looks like a secret; not shown)");
}

TEST(Secret, OrdinaryValuesAreShown) {
  for (const std::string text : kPlain) {
    EXPECT_EQ(Shown(text), text);
    EXPECT_FALSE(LooksLikeSecret(text)) << text;
  }
}

TEST(Secret, ANameEndsBeforeWhatNoNameHas) {
  EXPECT_EQ(ShownName("virustotal.keys[0].key:S3CRET"),
            "virustotal.keys[0].key");
  EXPECT_EQ(ShownName("--virustotal.key S3CRET"), "--virustotal.key");
  EXPECT_EQ(ShownName(std::string(64, 'b')),
            "(looks like a secret; not shown)");
}

}  // namespace
}  // namespace vtlookup
