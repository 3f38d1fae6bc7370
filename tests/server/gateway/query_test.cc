// What strangers may write into a query or a form.

#include "server/gateway/query.h"

#include <gtest/gtest.h>

#include <string>

namespace vtlookup {
namespace {

TEST(Query, PercentsAreDecoded) {
  EXPECT_EQ(*DecodePercent("a%20b%C3%A4", false), "a b\xC3\xA4");
  EXPECT_EQ(*DecodePercent("%41", false), "A");
  EXPECT_EQ(*DecodePercent("", false), "");
}

TEST(Query, APlusIsABlankInAFormOnly) {
  EXPECT_EQ(*DecodePercent("a+b%2Bc", true), "a b+c");
  EXPECT_EQ(*DecodePercent("a+b%2Bc", false), "a+b+c");
}

TEST(Query, WhatIsNoEncodingIsRefused) {
  for (const char* text : {"%", "%4", "a%4", "%zz", "%4z", "%FF", "\xFF"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(DecodePercent(text, true).status()))
        << text;
  }
}

TEST(Query, ParametersKeepTheirOrderAndTheFirstCounts) {
  const auto parsed = Parameters::Parse("a=1&b=%26&&a=2&c", "query");
  ASSERT_TRUE(parsed.ok());
  ASSERT_EQ(parsed->all().size(), 4U);
  EXPECT_EQ(parsed->Get("a"), "1");
  EXPECT_EQ(parsed->Get("b"), "&");
  EXPECT_EQ(parsed->Get("c"), "");
  EXPECT_EQ(parsed->Get("d"), std::nullopt);
}

TEST(Query, ParametersAreBounded) {
  std::string text;
  for (size_t i = 0; i < Parameters::kMost; ++i) text += "a&";
  EXPECT_TRUE(Parameters::Parse(text, "query").ok());
  const auto more = Parameters::Parse(text + "a", "query");
  EXPECT_TRUE(absl::IsInvalidArgument(more.status()));
  EXPECT_NE(more.status().message().find("1000"), std::string::npos);
}

}  // namespace
}  // namespace vtlookup
