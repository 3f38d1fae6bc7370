#include "core/text.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace vtlookup {
namespace {

TEST(Text, ViewsOfBothKindsPointToTheSameBytes) {
  const std::string text("a\0b", 3);
  const std::string_view there = ToStd(ToAbsl(text));
  EXPECT_EQ(there.data(), text.data());
  EXPECT_EQ(there.size(), 3);
}

TEST(Text, EscapesAreTwoUpperCaseDigits) {
  std::string out = "x";
  for (const char byte : std::string_view("\x00\x09\x20\x7f\xab\xff", 6)) {
    AppendPercentEncoded(static_cast<unsigned char>(byte), &out);
  }
  EXPECT_EQ(out, "x%00%09%20%7F%AB%FF");
}

}  // namespace
}  // namespace vtlookup
