// How rows of CSV are read and written again.

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "client/command/rows/format.h"
#include "tests/client/command/rows/rows_helpers.h"

namespace vtlookup {
namespace {

TEST(CsvRows, KeepWhatIsThereToTheByte) {
  const auto rows = CsvRows("url", kOwn);
  ASSERT_TRUE(rows->Begin("\"id\",url,note\r").ok());
  EXPECT_EQ(rows->Header(), "\"id\",url,note,$VTURL,$VTPositive,$VTError\r\n");
  const std::string row = R"("1","a, ""b""",)";
  const RowOutcome outcome = Process(*rows, row);
  EXPECT_EQ(outcome.value, R"(a, "b")");
  EXPECT_EQ(outcome.enriched,
            row + R"(,http://a/,"[""A"",""B, \""C\""""]",)" + "\n");
  EXPECT_EQ(outcome.untouched, row + ",,,\n");
  EXPECT_EQ(Process(*rows, "1,a,\r").enriched.back(), '\n');
  EXPECT_EQ(Process(*rows, "1,a,\r").untouched, "1,a,,,,\r\n");
}

TEST(CsvRows, AddedCellsAreSafeWhereThatIsAskedFor) {
  const std::vector<RowField> fields = {{"$VTMessage", R"("=cmd|\u001b[2J")"}};
  const std::vector<std::string> own = {"$VTMessage"};
  EXPECT_EQ(CsvRows("url", own, true)->Render(fields), ",'=cmd|\\u001b[2J");
  // As it was, to the byte.
  EXPECT_EQ(CsvRows("url", own)->Render(fields), ",=cmd|\x1b[2J");
  EXPECT_EQ(CsvRows("url", own, true)->Render({{"$VTMessage", "-2"}}), ",-2");
}

TEST(CsvRows, ReplaceColumnsOfAnEarlierLookup) {
  const auto rows = CsvRows("url", kOwn);
  ASSERT_TRUE(rows->Begin("$VTError,url,$VTURL,note").ok());
  EXPECT_EQ(rows->Header(), "url,note,$VTURL,$VTPositive,$VTError\n");
  const RowOutcome outcome = Process(*rows, "e,a,u,n");
  EXPECT_EQ(outcome.enriched, R"(a,n,http://a/,"[""A"",""B, \""C\""""]",)"
                              "\n");
  EXPECT_EQ(outcome.untouched, "a,n,u,,e\n");
}

TEST(CsvRows, SayWhatIsNoRow) {
  const auto rows = CsvRows("url", kOwn);
  EXPECT_EQ(rows->Begin("id,name").message(), "has no column url");
  const auto good = CsvRows("url", kOwn);
  ASSERT_TRUE(good->Begin("\xEF\xBB\xBFurl,b").ok());
  EXPECT_EQ(good->Parse("x").status().message(),
            "1 cells where the header has 2");
  EXPECT_EQ(good->Parse("\"x,").status().message(), "not CSV");
  EXPECT_EQ(good->Parse("\"x\"y,z").status().message(), "not CSV");
  EXPECT_EQ(good->Parse("\xff,z").status().message(), "not UTF-8");
  EXPECT_EQ(good->Parse(",z")->value, std::nullopt);
}

}  // namespace
}  // namespace vtlookup
