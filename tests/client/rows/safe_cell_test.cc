#include "client/rows/safe_cell.h"

#include <gtest/gtest.h>

namespace vtlookup {
namespace {

TEST(SafeCell, SpreadsheetsDoNotActOnIt) {
  EXPECT_EQ(SafeCell("=cmd|'/c calc'!A1"), "'=cmd|'/c calc'!A1");
  EXPECT_EQ(SafeCell("+1"), "'+1");
  EXPECT_EQ(SafeCell("-1"), "'-1");
  EXPECT_EQ(SafeCell("@SUM(A1)"), "'@SUM(A1)");
  EXPECT_EQ(SafeCell("\tx"), "'\tx");
  EXPECT_EQ(SafeCell("\rx"), "'\\u000dx");
  EXPECT_EQ(SafeCell("a=b"), "a=b");
  EXPECT_EQ(SafeCell(""), "");
  EXPECT_EQ(SafeCell("a\x1b[31m"), "a\\u001b[31m");
}

}  // namespace
}  // namespace vtlookup
