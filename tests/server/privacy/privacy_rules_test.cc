#include "server/privacy/privacy_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace vtlookup {
namespace {

using testing::HasSubstr;

TEST(PrivacyRules, ADomainHasTheFormOfIndicators) {
  for (const auto& [text, domain] : {
           std::pair("corp.example.com", "corp.example.com"),
           std::pair(".Corp.Example.COM.", "corp.example.com"),
           std::pair("...corp.example.com", "corp.example.com"),
           std::pair("  corp.example.com\t", "corp.example.com"),
           std::pair("intranet", "intranet"),
           std::pair("bücher.example", "xn--bcher-kva.example"),
           std::pair("BÜCHER.example", "xn--bcher-kva.example"),
           // The full stop of Chinese texts.
           std::pair("corp。example", "corp.example"),
           std::pair("corp.example。", "corp.example"),
       }) {
    const auto canonical = CanonicalInternalDomain(text);
    ASSERT_TRUE(canonical.ok()) << text << ": " << canonical.status();
    EXPECT_EQ(*canonical, domain) << text;
    EXPECT_EQ(*CanonicalRedactionHost(text), domain) << text;
  }
}

TEST(PrivacyRules, WhatIsNoDomainIsRefusedWithAReason) {
  for (const auto& [text, why] : {
           std::pair("", "the entry is empty"),
           std::pair(".", "the entry is empty"),
           std::pair(" \t", "the entry is empty"),
           std::pair("10.0.0.0/8", "this is a network"),
           std::pair("2001:db8::/32", "this is a network"),
           std::pair("10.1.2.3", "this is an IP address"),
           std::pair("[2001:db8::1]", "this is an IP address"),
           std::pair("*.corp.example.com",
                     "patterns with *. are not supported"),
           std::pair("http://corp.example.com/", "this is a URL"),
           std::pair("corp.example.com/wiki", "this is a URL"),
           std::pair("corp example", "not a domain name"),
           std::pair("1.2.3.4.5", "the last label is a number"),
           std::pair("corp.0x7f", "the last label is a number"),
       }) {
    const absl::Status status = CanonicalInternalDomain(text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_THAT(std::string(status.message()), HasSubstr(why)) << text;
    EXPECT_THAT(std::string(status.message()),
                HasSubstr("write a domain such as corp.example.com"))
        << text;
  }
}

TEST(PrivacyRules, ARedactionMayBeForAnyHostOrAnAddress) {
  for (const auto& [text, host] : {
           std::pair("*", "*"),
           std::pair("10.1.2.3", "10.1.2.3"),
           std::pair("2001:DB8:0:0::1", "2001:db8::1"),
           std::pair("[2001:db8::1]", "2001:db8::1"),
           // An IPv4 address that is mapped is that address.
           std::pair("::ffff:10.1.2.3", "10.1.2.3"),
       }) {
    EXPECT_EQ(*CanonicalRedactionHost(text), host) << text;
  }
  for (const char* text : {"", "*.example.com", "10.0.0.0/8", "**"}) {
    EXPECT_FALSE(CanonicalRedactionHost(text).ok()) << text;
  }
}

}  // namespace
}  // namespace vtlookup
