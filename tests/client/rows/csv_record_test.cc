// How records of CSV are read. What the cells say is what Python's csv module
// says (a table made with it), except where a quote is not closed.

#include "client/rows/csv_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace vtlookup {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;

// All records of a text; the cells as texts. One that is not CSV has none.
std::vector<std::vector<std::string>> ReadAll(std::string_view text,
                                              const CsvDialect& dialect,
                                              size_t columns) {
  std::vector<std::vector<std::string>> records;
  while (!text.empty()) {
    const auto record = ReadCsvRecord(text, /*at_end=*/true, dialect, columns);
    EXPECT_TRUE(record.has_value());
    EXPECT_GT(record->size + record->line_break, 0);
    std::vector<std::string>& cells = records.emplace_back();
    for (const std::string_view cell : record->cells) {
      cells.push_back(TextOfCell(cell));
    }
    text.remove_prefix(record->size + record->line_break);
  }
  return records;
}

TEST(CsvRecord, CellsSayWhatPythonSaysThatTheySay) {
  const struct {
    std::string text;
    std::vector<std::string> cells;
  } cases[] = {
      {"a,b", {"a", "b"}},
      {",", {"", ""}},
      {"\"a,b\",c", {"a,b", "c"}},
      {"\"a \"\"b\"\"\",c", {"a \"b\"", "c"}},
      {"\"\",c", {"", "c"}},
      {"a\"b,c", {"a\"b", "c"}},
      {"5\" disk,c", {"5\" disk", "c"}},
      {"a\"\"b,c", {"a\"\"b", "c"}},
      {" \"a\",c", {" \"a\"", "c"}},
      {"\"a\"b,c", {"ab", "c"}},
      {"\"a\"b\"c\",d", {"ab\"c\"", "d"}},
      {"\"a\r\nb\",c", {"a\r\nb", "c"}},
      {"a;b", {"a;b"}},
  };
  for (const auto& each : cases) {
    const auto record = ReadCsvRecord(each.text, true, {}, 0);
    ASSERT_TRUE(record.has_value()) << each.text;
    std::vector<std::string> cells;
    for (const std::string_view cell : record->cells) {
      cells.push_back(TextOfCell(cell));
    }
    EXPECT_THAT(cells, ElementsAreArray(each.cells)) << each.text;
    EXPECT_EQ(record->size, each.text.size()) << each.text;
  }
}

TEST(CsvRecord, LinesEndInEitherWay) {
  EXPECT_THAT(ReadAll("a,1\nb,2\r\nc,3", {}, 2),
              ElementsAre(ElementsAre("a", "1"), ElementsAre("b", "2"),
                          ElementsAre("c", "3")));
  EXPECT_THAT(ReadAll("a,1\r\"b\rx\",2\r",
                      {.line_end = CsvLineEnd::kCarriageReturn}, 2),
              ElementsAre(ElementsAre("a", "1"), ElementsAre("b\rx", "2")));
  // Where lines end in line feeds, a carriage return is text.
  EXPECT_THAT(ReadAll("a\rb,1\n", {}, 2),
              ElementsAre(ElementsAre("a\rb", "1")));
}

TEST(CsvRecord, TheFirstLineBreakTellsHowLinesEnd) {
  using enum CsvLineEnd;
  EXPECT_EQ(FindCsvLineEnd("a,b\n", false, ','), kLineFeed);
  EXPECT_EQ(FindCsvLineEnd("a,b\r\nc", false, ','), kLineFeed);
  EXPECT_EQ(FindCsvLineEnd("a,b\rc", false, ','), kCarriageReturn);
  EXPECT_EQ(FindCsvLineEnd("a,b\rc\nd", false, ','), kCarriageReturn);
  EXPECT_EQ(FindCsvLineEnd("\"a\rb\",c\n", false, ','), kLineFeed);
  EXPECT_EQ(FindCsvLineEnd("a,b\r", false, ','), std::nullopt);
  EXPECT_EQ(FindCsvLineEnd("a,b\rc", true, ','), kCarriageReturn);
  EXPECT_EQ(FindCsvLineEnd("a,b", false, ','), std::nullopt);
  EXPECT_EQ(FindCsvLineEnd("a,b", true, ','), kLineFeed);
}

TEST(CsvRecord, ARecordIsReadOnceItsEndIsKnown) {
  EXPECT_EQ(ReadCsvRecord("a,b", false, {}, 2), std::nullopt);
  EXPECT_EQ(ReadCsvRecord("a,b\r", false, {}, 2), std::nullopt);
  EXPECT_EQ(ReadCsvRecord("a,\"b\n", false, {}, 2), std::nullopt);
  EXPECT_EQ(ReadCsvRecord("a,b\n", false, {}, 2)->line_break, 1);
  EXPECT_EQ(ReadCsvRecord("a,b\r\n", false, {}, 2)->line_break, 2);
}

TEST(CsvRecord, AQuoteThatIsNotClosedTakesOnlyItsLine) {
  const std::vector<std::vector<std::string>> expected = {
      {}, {"b", "2"}, {"c,", "3"}};
  for (const std::string bad :
       {"\"a,1", "a,\"1", "\"a\"\",1", "\"\"\"a,1", "a,\"1\"\""}) {
    EXPECT_THAT(ReadAll(bad + "\nb,2\n\"c,\",3\n", {}, 2),
                ElementsAreArray(expected))
        << bad;
  }
  // The quotes pair up, but not to a row.
  EXPECT_THAT(ReadAll("a,\"1\nb,2\nc,\",3\"\nd,4\n", {}, 2),
              ElementsAre(IsEmpty(), ElementsAre("b", "2"),
                          ElementsAre("c", ",3"), ElementsAre("d", "4")));
  // Nothing closes it.
  EXPECT_THAT(ReadAll("a,\"1\nb,2\n", {}, 2),
              ElementsAre(IsEmpty(), ElementsAre("b", "2")));
}

TEST(CsvRecord, QuotesEnclose128KiBOfLinesAtMost) {
  const std::string lines(kLongestQuotedLines - 1, '\n');
  EXPECT_THAT(ReadAll("a,\"" + lines + "\"\n", {}, 2),
              ElementsAre(ElementsAre("a", lines)));
  const std::string more = "a,\"\n" + std::string(kLongestQuotedLines, 'x');
  // What comes later does not matter.
  EXPECT_EQ(ReadCsvRecord(more + "x", false, {}, 2)->size, 3);
  EXPECT_EQ(ReadCsvRecord(more, false, {}, 2), std::nullopt);
  // One line may be longer.
  const std::string long_line(3 * kLongestQuotedLines, 'x');
  EXPECT_THAT(ReadAll("a,\"" + long_line + "\"\n", {}, 2),
              ElementsAre(ElementsAre("a", long_line)));
}

// A line of random bytes, without line feeds, in which quotes and delimiters
// are frequent.
std::string Noise(std::mt19937& random) {
  static const std::string kFrequent("\"\"\",,\r;a b\\\xC3\0", 13);
  std::string line;
  for (size_t left = random() % 30; left > 0; --left) {
    line.push_back(random() % 4 == 0 ? static_cast<char>(random() % 256)
                                     : kFrequent[random() % kFrequent.size()]);
    if (line.back() == '\n') line.pop_back();
  }
  return line;
}

// Rows whose first cell is in quotes: a quote that is not closed before such a
// row meets text behind the row's first quote.
TEST(CsvRecord, ARejectTakesNoGoodRowWithIt) {
  std::mt19937 random(20261126);
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    size_t good = 0;
    for (int line = 0; line < 20; ++line) {
      if (random() % 3 == 0) {
        absl::StrAppend(&text, Noise(random), "\n");
      } else {
        absl::StrAppend(&text, "\"row ", good++, "\",\"x\ny\"\n");
      }
    }
    std::vector<std::string> found;
    for (const auto& cells : ReadAll(text, {}, 2)) {
      if (cells.size() == 2 && cells[0].starts_with("row ") &&
          cells[1] == "x\ny") {
        found.push_back(cells[0]);
      }
    }
    ASSERT_EQ(found.size(), good) << text;
    for (size_t i = 0; i < good; ++i) {
      EXPECT_EQ(found[i], absl::StrCat("row ", i));
    }
  }
}

// Nothing is lost: a record's cells with delimiters between them are the
// record, and a line break follows.
TEST(CsvRecord, EveryByteBelongsToACellOrIsBetweenTwo) {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (int line = 0; line < 8; ++line) text += Noise(random) + "\n";
    std::string_view rest = text;
    while (!rest.empty()) {
      const auto record = ReadCsvRecord(rest, true, {}, random() % 4);
      const size_t size = record->size + record->line_break;
      ASSERT_GT(size, 0);
      if (!record->cells.empty()) {
        const std::vector<std::string> cells(record->cells.begin(),
                                             record->cells.end());
        EXPECT_EQ(absl::StrJoin(cells, ","), rest.substr(0, record->size));
      }
      const std::string_view line_break =
          rest.substr(record->size, record->line_break);
      EXPECT_TRUE(line_break == "\n" || line_break == "\r\n") << text;
      rest.remove_prefix(size);
    }
  }
}

TEST(CsvRecord, CellsAreQuotedWhenTheyNeedIt) {
  EXPECT_EQ(CellOf("a b", ','), "a b");
  EXPECT_EQ(CellOf("a,b", ','), "\"a,b\"");
  EXPECT_EQ(CellOf("a,b", ';'), "a,b");
  EXPECT_EQ(CellOf("a;b", ';'), "\"a;b\"");
  EXPECT_EQ(CellOf("a\"b", ','), "\"a\"\"b\"");
  EXPECT_EQ(CellOf("a\rb", ','), "\"a\rb\"");
}

}  // namespace
}  // namespace vtlookup
