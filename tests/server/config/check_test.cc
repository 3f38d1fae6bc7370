// Values by themselves: tests/data/bad_configs has a file for most of them.
// Here are the others, and the pairs of values.

#include "server/config/check.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace vtlookup {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kHash[] =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

// The errors of the defaults with `changes`, in protobuf's text format.
ConfigErrors ErrorsWith(const std::string& changes) {
  v1::Config config;
  ApplyDefaults(&config);
  EXPECT_TRUE(google::protobuf::TextFormat::MergeFromString(changes, &config))
      << changes;
  ConfigErrors errors;
  CheckConfig(config, &errors);
  return errors;
}

std::string Client(const std::string& role) {
  return "auth {clients {name: 'c' token_sha256: '" + std::string(kHash) +
         "' roles: " + role + "}} ";
}

TEST(CheckConfig, TheDefaultsAreGood) {
  EXPECT_THAT(ErrorsWith(""), IsEmpty());
}

TEST(CheckConfig, AValueOutOfItsBoundsNamesItsKey) {
  const struct {
    const char* changes;
    const char* error;
  } kCases[] = {
      {"listen {handshake_timeout {seconds: 0}}",
       "listen.handshake_timeout: must be more than 0"},
      {"listen {threads: 65}", "listen.threads: must be at most 64"},
      {"listen {max_metadata: 1048577}",
       "listen.max_metadata: must be from 1KiB to 1MiB"},
      {"cache {ttl {missing {seconds: 0}}}",
       "cache.ttl.missing: must be more than 0"},
      {"cache {ttl {invalid {seconds: -1}}}",
       "cache.ttl.invalid: must be more than 0"},
      {"cache {ttl {queued {seconds: 0}}}",
       "cache.ttl.queued: must be more than 0"},
      {"virustotal {connect_timeout {seconds: 0}}",
       "virustotal.connect_timeout: must be more than 0"},
      {"virustotal {timeout {seconds: 0}}",
       "virustotal.timeout: must be more than 0"},
      {"virustotal {premium: true premium_pages: 0}",
       "virustotal.premium_pages: must be at least 1"},
      {"virustotal {keys {name: 'k' key: 'x' quota {reserve_percent: 101}}}",
       "virustotal.keys[0].quota.reserve_percent: must be at most 100"},
      {"limits {max_request: 1023}",
       "limits.max_request: must be at least 1KiB"},
      {"limits {max_pending_writes: 1048575}",
       "limits.max_pending_writes: must be at least 1MiB"},
      {"limits {max_reply: 1048575}",
       "limits.max_reply: must be from 1MiB to 1GiB"},
      {"limits {max_reply: 1073741825 max_unsent: 8589934592}",
       "limits.max_reply: must be from 1MiB to 1GiB"},
      {"limits {max_stream_bytes: 0}",
       "limits.max_stream_bytes: must be at least 1"},
      {"privacy {internal_domains: 'a.com' internal_domains: '10.0.0.0/8'}",
       "privacy.internal_domains[1]: this is a network"},
  };
  for (const auto& c : kCases) {
    EXPECT_THAT(ErrorsWith(c.changes), ElementsAre(HasSubstr(c.error)))
        << c.changes;
  }
}

TEST(CheckConfig, TheBoundsThemselvesAreGood) {
  for (const char* changes :
       {"listen {threads: 64}", "listen {max_metadata: 1024}",
        "listen {max_metadata: 1048576}", "cache {memory: 1048576}",
        "cache {disk_limit: 67108864}", "limits {max_request: 1024}",
        "limits {max_reply: 1048576 max_unsent: 4194304}",
        "limits {max_reply: 1073741824 max_unsent: 4294967296}",
        "virustotal {max_body: 1024}",
        "virustotal {quota {reserve_percent: 100}}",
        "virustotal {premium_pages: 0}",  // not used without premium
        "cache {ttl {queued {seconds: 60} queued_max {seconds: 60}}}"}) {
    EXPECT_THAT(ErrorsWith(changes), IsEmpty()) << changes;
  }
}

TEST(CheckConfig, EveryErrorIsTold) {
  EXPECT_THAT(ErrorsWith("cache {path: '' memory: 1} listen {max_streams: 0}"),
              ElementsAre(HasSubstr("listen.max_streams"),
                          HasSubstr("cache.path"), HasSubstr("cache.memory")));
}

TEST(CheckConfig, WhatIsOpenToTheNetworkAsksForProof) {
  const std::string tls = "listen {tls {certificate_file: 'c' key_file: 'k'}} ";
  const struct {
    std::string changes;
    const char* error;  // empty: none
  } kCases[] = {
      {"listen {address: '127.0.0.1:1'}", ""},
      {"listen {address: '[::1]:1'}", ""},
      {"listen {address: 'unix:/run/x'}", ""},
      {"listen {address: '0.0.0.0:1'}",
       "listen.address: an address beyond loopback"},
      {"listen {address: '[::]:1'}",
       "listen.address: an address beyond loopback"},
      {"listen {address: '0.0.0.0:1' insecure: true}", ""},
      {tls + "listen {address: '0.0.0.0:1'}",
       "listen.address: an address beyond loopback"},
      {Client("ROLE_LOOKUP") + "listen {address: '0.0.0.0:1'}",
       "listen.address: an address beyond loopback"},
      {tls + Client("ROLE_LOOKUP") + "listen {address: '0.0.0.0:1'}", ""},
      {tls + "listen {address: '0.0.0.0:1' tls {client_ca_file: 'a'}}", ""},

      {"http {address: '127.0.0.1:2'}", ""},
      {"http {address: '0.0.0.0:2'}",
       "http.address: an address beyond loopback"},
      {"http {address: '0.0.0.0:2' insecure: true}", ""},

      {"admin {address: 'unix:/run/y'}", ""},
      {"admin {address: '127.0.0.1:3'}",
       "admin.address: a port needs a client with the role admin"},
      {Client("ROLE_LOOKUP") + "admin {address: '127.0.0.1:3'}",
       "admin.address: a port needs a client with the role admin"},
      {Client("ROLE_ADMIN") + "admin {address: '127.0.0.1:3'}", ""},
      {Client("ROLE_ADMIN") + "admin {address: '0.0.0.0:3'}",
       "admin.address: an address beyond loopback needs listen.tls"},
      {tls + Client("ROLE_ADMIN") + "admin {address: '0.0.0.0:3'}", ""},
      {"listen {insecure: true} admin {address: '0.0.0.0:3'}", ""},
  };
  for (const auto& c : kCases) {
    if (*c.error == '\0') {
      EXPECT_THAT(ErrorsWith(c.changes), IsEmpty()) << c.changes;
    } else {
      EXPECT_THAT(ErrorsWith(c.changes), ElementsAre(HasSubstr(c.error)))
          << c.changes;
    }
  }
}

TEST(CheckConfig, EachListenerHasAnAddressOfItsOwn) {
  const std::string admin = Client("ROLE_ADMIN");
  EXPECT_THAT(ErrorsWith(admin + "listen {address: '127.0.0.1:1'} "
                                 "admin {address: '127.0.0.1:1'}"),
              ElementsAre("admin.address: must not be the same as "
                          "listen.address or http.address"));
  EXPECT_THAT(ErrorsWith(admin + "http {address: '127.0.0.1:1'} "
                                 "admin {address: '127.0.0.1:1'}"),
              ElementsAre("admin.address: must not be the same as "
                          "listen.address or http.address"));
  // Port 0 is a port that is free, so never the same one.
  EXPECT_THAT(ErrorsWith(admin + "listen {address: '127.0.0.1:0'} "
                                 "http {address: '127.0.0.1:0'} "
                                 "admin {address: '127.0.0.1:0'}"),
              IsEmpty());
}

TEST(CheckConfig, ATokenCountsInAnyCase) {
  std::string upper = kHash;
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  EXPECT_THAT(ErrorsWith(Client("ROLE_LOOKUP") +
                         "auth {clients {name: 'd' roles: ROLE_LOOKUP "
                         "token_sha256: '" +
                         upper + "'}}"),
              ElementsAre("auth.clients[1].token_sha256: another client has "
                          "the same token_sha256 and certificate_name"));
}

TEST(CheckConfig, TheSameTokenWithAnotherCertificateIsAnotherProof) {
  const std::string two =
      "listen {tls {certificate_file: 'c' key_file: 'k' client_ca_file: 'a'}} "
      "auth {clients {name: 'c' certificate_name: 'x' roles: ROLE_LOOKUP} "
      "clients {name: 'd' certificate_name: 'y' roles: ROLE_LOOKUP}}";
  EXPECT_THAT(ErrorsWith(two), IsEmpty());
}

TEST(CheckConfig, KeysInFilesAreNamedNotWrittenDown) {
  const std::string pem = "-----BEGIN PRIVATE KEY-----\\nMIIE/abc";
  EXPECT_THAT(
      ErrorsWith("listen {tls {certificate_file: 'c' key_file: \"" + pem +
                 "\"}}"),
      ElementsAre(HasSubstr("listen.tls.key_file: looks like the secret "
                            "itself")));
  // The name of a folder may look like anything.
  EXPECT_THAT(
      ErrorsWith("virustotal {key_file: '/keys/" + std::string(kHash) + "'}"),
      IsEmpty());
}

TEST(CheckConfig, HttpOnlyToThisMachine) {
  for (const char* url :
       {"https://www.virustotal.com", "https://proxy:8443", "http://127.0.0.1",
        "http://127.0.0.1:80", "http://localhost:8080", "http://[::1]:1"}) {
    EXPECT_THAT(ErrorsWith("virustotal {base_url: '" + std::string(url) + "'}"),
                IsEmpty())
        << url;
  }
  for (const char* url :
       {"http://www.virustotal.com", "http://127.0.0.1.evil.com",
        "http://localhost.evil.com", "http://127.0.0.1@evil.com",
        "http://127.0.0.1:80@evil.com", "https://a.com/", "https://a.com?x",
        "https://a.com#x", "https://user@a.com", "https://", "www.a.com", ""}) {
    EXPECT_THAT(ErrorsWith("virustotal {base_url: '" + std::string(url) + "'}"),
                ElementsAre(testing::StartsWith("virustotal.base_url: ")))
        << url;
  }
}

TEST(IsLoopbackUrl, ByTheWholeHost) {
  for (const char* url : {"http://127.0.0.1", "http://127.0.0.1:1",
                          "http://localhost", "http://[::1]:8080"}) {
    EXPECT_TRUE(IsLoopbackUrl(url)) << url;
  }
  for (const char* url :
       {"http://127.0.0.1.evil.com", "http://localhosts",
        "http://[::1].evil.com", "http://10.0.0.1", "localhost", ""}) {
    EXPECT_FALSE(IsLoopbackUrl(url)) << url;
  }
}

}  // namespace
}  // namespace vtlookup
