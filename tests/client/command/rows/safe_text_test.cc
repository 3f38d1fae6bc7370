#include "client/command/rows/safe_text.h"

#include <gtest/gtest.h>

namespace vtlookup {
namespace {

TEST(SafeText, TerminalsAndSpreadsheetsDoNotActOnIt) {
  EXPECT_EQ(SafeCell("=cmd|'/c calc'!A1"), "'=cmd|'/c calc'!A1");
  EXPECT_EQ(SafeCell("+1"), "'+1");
  EXPECT_EQ(SafeCell("-1"), "'-1");
  EXPECT_EQ(SafeCell("@SUM(A1)"), "'@SUM(A1)");
  EXPECT_EQ(SafeCell("\tx"), "'\tx");
  EXPECT_EQ(SafeCell("\rx"), "'\\u000dx");
  EXPECT_EQ(SafeCell("a=b"), "a=b");
  EXPECT_EQ(SafeCell(""), "");
  EXPECT_EQ(WithControlsEscaped("a\x1b[31mb\x7f"), "a\\u001b[31mb\\u007f");
  // C1's CSI, and characters beside it: NBSP and a-umlaut.
  EXPECT_EQ(WithControlsEscaped("a\xC2\x9B"
                                "31m"),
            "a\\u009b31m");
  EXPECT_EQ(WithControlsEscaped("\xC2\xA0\xC3\xA4\n\t\xC2"),
            "\xC2\xA0\xC3\xA4\n\t\xC2");
}

}  // namespace
}  // namespace vtlookup
