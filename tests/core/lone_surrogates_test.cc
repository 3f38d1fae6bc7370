#include "core/lone_surrogates.h"

#include <gtest/gtest.h>

#include <string>

namespace vtlookup {
namespace {

TEST(LoneSurrogates, AreReplaced) {
  const struct {
    std::string json;
    std::string expected;
  } cases[] = {
      {R"({"a":"x"})", R"({"a":"x"})"},
      {R"("\ud83d")", R"("\ufffd")"},
      {R"("\uDE00 b")", R"("\ufffd b")"},
      {R"("\ud83d\ude00")", R"("\ud83d\ude00")"},
      {R"("\ud83d\ud83d\ude00")", R"("\ufffd\ud83d\ude00")"},
      {R"("\ude00\ud83d")", R"("\ufffd\ufffd")"},
      {R"("\ud83dx\ude00")", R"("\ufffdx\ufffd")"},
      {R"("\ud83d\n")", R"("\ufffd\n")"},
      // The backslash is escaped, and `ud83d` is text.
      {R"("\\ud83d")", R"("\\ud83d")"},
      {R"("\\\ud83d")", R"("\\\ufffd")"},
      {R"("\u00e9\"")", R"("\u00e9\"")"},
      // Not JSON, and left so.
      {R"("\ud8)", R"("\ud8)"},
      {R"("\ud8zz")", R"("\ud8zz")"},
      {"\\", "\\"},
      {"", ""},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(WithoutLoneSurrogates(each.json), each.expected) << each.json;
  }
}

}  // namespace
}  // namespace vtlookup
