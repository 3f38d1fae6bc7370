// How rows of CSV are read and written again.

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/rows/format.h"
#include "tests/client/rows/rows_helpers.h"

namespace vtlookup {
namespace {

TEST(CsvRows, KeepWhatIsThereToTheByte) {
  const auto rows = CsvRows({{"url", kOwn}});
  rows->BeginFile(false);
  ASSERT_TRUE(rows->TakeHead("\"id\",url,note", "\r\n").ok());
  EXPECT_EQ(rows->Header(), "\"id\",url,note,$VTURL,$VTPositive,$VTError\r\n");
  const std::string row = R"("1","a, ""b""",)";
  const RowOutcome outcome = Process(*rows, row);
  EXPECT_EQ(outcome.value, R"(a, "b")");
  EXPECT_EQ(outcome.enriched, row + R"(,http://a/,"[""A"",""B, \""C\""""]",)");
  EXPECT_EQ(outcome.untouched, row + ",,,");
}

TEST(CsvRows, AddedCellsAreSafeWhereThatIsAskedFor) {
  const std::vector<RowField> fields = {{"$VTMessage", R"("=cmd|\u001b[2J")"}};
  const OwnFields own = Own({"$VTMessage"});
  EXPECT_EQ(CsvRows({{"url", own}}, true)->Render(fields, 0),
            ",'=cmd|\\u001b[2J");
  // As it was, to the byte.
  EXPECT_EQ(CsvRows({{"url", own}})->Render(fields, 0), ",=cmd|\x1b[2J");
  EXPECT_EQ(CsvRows({{"url", own}}, true)->Render({{"$VTMessage", "-2"}}, 0),
            ",-2");
}

TEST(CsvRows, ReplaceColumnsOfAnEarlierLookup) {
  const auto rows = CsvRows({{"url", kOwn}});
  rows->BeginFile(false);
  ASSERT_TRUE(rows->TakeHead("$VTError,url,$VTURL,note", "\n").ok());
  EXPECT_EQ(rows->Header(), "url,note,$VTURL,$VTPositive,$VTError\n");
  const RowOutcome outcome = Process(*rows, "e,a,u,n");
  EXPECT_EQ(outcome.enriched, R"(a,n,http://a/,"[""A"",""B, \""C\""""]",)");
  EXPECT_EQ(outcome.untouched, "a,n,u,,e");
}

TEST(CsvRows, TakeTheFieldsOfSeveralLookups) {
  OwnFields second = Own({"$VTURL", "$VTError"});
  second.suffix = "_b";
  const auto rows = CsvRows({{"a", Own({"$VTURL"})}, {"b", second}});
  rows->BeginFile(false);
  ASSERT_TRUE(rows->TakeHead("b,$VTURL_b,a", "\n").ok());
  EXPECT_EQ(rows->Header(), "b,a,$VTURL,$VTURL_b,$VTError_b\n");
  const auto parsed = rows->Parse("x,old,-");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->values[0], std::nullopt);
  EXPECT_EQ(parsed->values[1], "x");
  const std::string added = rows->Render({{"$VTURL", "2"}}, 1);
  std::string out;
  rows->Write("x,old,-", parsed->has_ours,
              std::vector<std::optional<std::string_view>>{{}, added}, &out);
  EXPECT_EQ(out, "x,-,,2,");
  out.clear();
  rows->Write("x,old,-", parsed->has_ours,
              std::vector<std::optional<std::string_view>>(2), &out);
  EXPECT_EQ(out, "x,-,,old,");
  const auto missing = CsvRows({{"a", kOwn}, {"b", kOwn}});
  missing->BeginFile(false);
  EXPECT_EQ(missing->TakeHead("a", "\n").message(),
            "has no column b; it has: a");
}

std::unique_ptr<RowFormat> WithHead(const std::string& head) {
  auto rows = CsvRows({{"url", kOwn}});
  rows->BeginFile(false);
  EXPECT_TRUE(rows->TakeHead(head, "\n").ok());
  return rows;
}

TEST(CsvRows, SayWhatIsNoRow) {
  const auto good = WithHead("url,b");
  EXPECT_EQ(good->Parse("x").status().message(),
            "1 cell where the header has 2");
  EXPECT_EQ(good->Parse("x,y,z").status().message(),
            "3 cells where the header has 2");
  EXPECT_EQ(good->Parse("\"x,").status().message(),
            "not CSV: a quote is not closed");
  EXPECT_EQ(good->Parse("\xff,z").status().message(),
            "the value of url is not UTF-8");
}

TEST(CsvRows, TakeWhatOtherProgramsWrite) {
  const auto rows = WithHead("url,b");
  EXPECT_EQ(Process(*rows, "\"x\"y,z").value, "xy");
  EXPECT_EQ(Process(*rows, "x,5\" disk").untouched, "x,5\" disk,,,");
  // The other cells may be in any encoding.
  EXPECT_EQ(Process(*rows, "x,caf\xe9").untouched, "x,caf\xe9,,,");
}

TEST(CsvRows, ACellWithoutAValueIsNotLookedUp) {
  const auto rows = WithHead("url,b");
  for (const std::string cell :
       {"", "\"\"", "-", "N/A", "n/a", " ", "\" - \""}) {
    EXPECT_EQ(rows->Parse(cell + ",z")->values[0], std::nullopt) << cell;
  }
  EXPECT_EQ(rows->Parse("null,z")->values[0], "null");
}

TEST(CsvRows, SayWhichColumnsThereAre) {
  const auto rows = CsvRows({{"url", kOwn}});
  rows->BeginFile(false);
  EXPECT_EQ(rows->TakeHead("id,\"na\x1b"
                           "me\"",
                           "\n")
                .message(),
            "has no column url; it has: id, na\\u001bme");
  EXPECT_EQ(rows->Header(), "");
  const auto marked = CsvRows({{"url", kOwn}});
  marked->BeginFile(true);
  ASSERT_TRUE(marked->TakeHead("sep=;", "\n").ok());
  EXPECT_FALSE(marked->TakeHead("id;b", "\n").ok());
  EXPECT_EQ(marked->Header(), "") << "neither the mark nor the line is written";
  const auto other = CsvRows({{"url", kOwn}});
  other->BeginFile(false);
  EXPECT_EQ(other->TakeHead("id;url", "\n").message(),
            "has no column url; it has: id;url; say with --delimiter what is "
            "between its columns");
  const auto texts =
      CsvRows({{"url", kOwn}}, false, {},
              {.no_column = "no column ", .wrong_delimiter = ". Say it"});
  texts->BeginFile(false);
  EXPECT_EQ(texts->TakeHead("id;url", "\n").message(),
            "no column url; it has: id;url. Say it");
  const auto second = WithHead("url,b");
  second->BeginFile(false);
  EXPECT_EQ(second->TakeHead("url,c", "\n").message(),
            "has other columns than the first file: url, c; the first file "
            "has: url, b");
}

TEST(CsvRows, SomeFieldsMayBeChosen) {
  const auto rows =
      CsvRows({{"url", {.replaced = kOwn.replaced, .added = {"$VTError"}}}});
  rows->BeginFile(false);
  ASSERT_TRUE(rows->TakeHead("url,$VTURL", "\n").ok());
  EXPECT_EQ(rows->Header(), "url,$VTError\n")
      << "an old field goes in any case";
  EXPECT_EQ(Process(*rows, "x,old").enriched, "x,");
}

}  // namespace
}  // namespace vtlookup
