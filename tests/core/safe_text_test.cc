#include "core/safe_text.h"

#include <gtest/gtest.h>

namespace vtlookup {
namespace {

TEST(SafeText, TerminalsDoNotActOnIt) {
  EXPECT_EQ(WithControlsEscaped("a\x1b[31mb\x7f"), "a\\u001b[31mb\\u007f");
  // C1's CSI, and characters beside it: NBSP and a-umlaut.
  EXPECT_EQ(WithControlsEscaped("a\xC2\x9B"
                                "31m"),
            "a\\u009b31m");
  EXPECT_EQ(WithControlsEscaped("\xC2\xA0\xC3\xA4\n\t\xC2"),
            "\xC2\xA0\xC3\xA4\n\t\xC2");
  EXPECT_EQ(WithControlsEscaped(""), "");
}

TEST(SafeText, TextReadsInItsOwnDirection) {
  EXPECT_EQ(WithControlsEscaped("a\u202E"
                                "b\u2069\u200F\u061C"),
            "a\\u202eb\\u2069\\u200f\\u061c");
  // Their neighbours, Arabic, an ellipsis and an incomplete character.
  for (const char* text : {"\u2029x", "\u202F", "\u2065", "\u206A", "\u0627",
                           "\u2026", "\xE2\x80", "\xE2", "\xD8"}) {
    EXPECT_EQ(WithControlsEscaped(text), text);
  }
}

TEST(SafeText, OneLineHasNoLineBreaks) {
  EXPECT_EQ(OnOneLine("a\nb\tc\r"), "a\\u000ab\\u0009c\\u000d");
  EXPECT_EQ(OnOneLine("a b"), "a b");
}

}  // namespace
}  // namespace vtlookup
