// Tests how rows are read and written.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "client/command/rows/format.h"
#include "client/command/rows/record_reader.h"
#include "client/command/rows/safe_text.h"
#include "tests/fakes/temp_dir.h"

namespace vtlookup {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::vector<std::string> kOwn = {"$VTURL", "$VTPositive", "$VTError"};
const std::vector<RowField> kFields = {{"$VTURL", R"("http://a/")"},
                                       {"$VTPositive", R"(["A","B, \"C\""])"}};

struct Outcome {
  std::string value;  // "-" when the row does not have the field
  std::string enriched;
  std::string untouched;
};

Outcome Process(RowFormat& format, const std::string& record) {
  const auto parsed = format.Parse(record);
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  if (!parsed.ok()) return {};
  Outcome outcome{
      .value = parsed->value.value_or("-"), .enriched = {}, .untouched = {}};
  format.Write(record, parsed->has_ours, format.Render(kFields),
               &outcome.enriched);
  format.Write(record, parsed->has_ours, "", &outcome.untouched);
  return outcome;
}

constexpr char kAdded[] =
    R"("$VTURL":"http://a/","$VTPositive":["A","B, \"C\""])";

TEST(JsonRows, KeepWhatIsThereToTheByte) {
  const auto rows = JsonRows("$Url", kOwn);
  const std::string row =
      R"( {"$Url": "a", "n":1.10, "big":123456789012345678901234567890, "u":"\u00e4"} )";
  const Outcome outcome = Process(*rows, row);
  EXPECT_EQ(outcome.value, "a");
  EXPECT_EQ(outcome.untouched, row + "\n");
  EXPECT_EQ(outcome.enriched,
            row.substr(0, row.size() - 2) + "," + kAdded + "} \n");
}

TEST(JsonRows, LookUpWhatIsNoTextAsItsText) {
  const auto rows = JsonRows("f", kOwn);
  EXPECT_EQ(Process(*rows, R"({"f": 12})").value, "12");
  EXPECT_EQ(Process(*rows, R"({"f": true})").value, "true");
  EXPECT_EQ(Process(*rows, R"({"f": [1, "x"]})").value, R"([1,"x"])");
  EXPECT_EQ(Process(*rows, R"({"f": "a\u002eb"})").value, "a.b");
  EXPECT_EQ(Process(*rows, R"({"g": 1})").value, "-");
  EXPECT_EQ(Process(*rows, "{}").value, "-");
}

TEST(JsonRows, ReplaceWhatAnEarlierLookupAdded) {
  const auto rows = JsonRows("f", kOwn);
  const Outcome outcome = Process(
      *rows,
      R"({"$VTError":"e", "f": 1.50, "$VTURL":["x"], "o": {"$VTURL": 1} })");
  EXPECT_EQ(outcome.enriched,
            std::string(R"({"f":1.50,"o":{"$VTURL": 1},)") + kAdded + "}\n");
  EXPECT_EQ(Process(*rows, R"({"f":"x","$VTURL":1})").enriched,
            std::string(R"({"f":"x",)") + kAdded + "}\n");
}

TEST(JsonRows, SayWhatIsNoRow) {
  const auto rows = JsonRows("f", kOwn);
  for (const std::string bad : {"x", "{", R"({"f":1} {})", R"({"f":tru})",
                                R"({"f":01})", "{\"f\":\"\xff\"}"}) {
    EXPECT_THAT(std::string(rows->Parse(bad).status().message()),
                HasSubstr("not JSON"))
        << bad;
  }
  for (const std::string bad : {"[1]", "1", "null"}) {
    EXPECT_EQ(rows->Parse(bad).status().message(), "not a JSON object") << bad;
  }
}

TEST(CsvRows, KeepWhatIsThereToTheByte) {
  const auto rows = CsvRows("url", kOwn);
  ASSERT_TRUE(rows->Begin("\"id\",url,note\r").ok());
  EXPECT_EQ(rows->Header(), "\"id\",url,note,$VTURL,$VTPositive,$VTError\r\n");
  const std::string row = R"("1","a, ""b""",)";
  const Outcome outcome = Process(*rows, row);
  EXPECT_EQ(outcome.value, R"(a, "b")");
  EXPECT_EQ(outcome.enriched,
            row + R"(,http://a/,"[""A"",""B, \""C\""""]",)" + "\n");
  EXPECT_EQ(outcome.untouched, row + ",,,\n");
  EXPECT_EQ(Process(*rows, "1,a,\r").enriched.back(), '\n');
  EXPECT_EQ(Process(*rows, "1,a,\r").untouched, "1,a,,,,\r\n");
}

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

TEST(CsvRows, AddedCellsAreSafeWhereThatIsAskedFor) {
  const std::vector<RowField> fields = {{"$VTMessage", R"("=cmd|\u001b[2J")"}};
  const std::vector<std::string> own = {"$VTMessage"};
  EXPECT_EQ(CsvRows("url", own, true)->Render(fields), ",'=cmd|\\u001b[2J");
  // The row is unchanged, to the byte.
  EXPECT_EQ(CsvRows("url", own)->Render(fields), ",=cmd|\x1b[2J");
  EXPECT_EQ(CsvRows("url", own, true)->Render({{"$VTMessage", "-2"}}), ",-2");
}

TEST(JsonRows, ControlCharactersAreEscapedWhereThatIsAskedFor) {
  const std::vector<RowField> fields = {{"$VTMessage", "\"\xC2\x9B\""}};
  EXPECT_EQ(JsonRows("url", {"$VTMessage"}, true)->Render(fields),
            ",\"$VTMessage\":\"\\u009b\"");
  EXPECT_EQ(JsonRows("url", {"$VTMessage"})->Render(fields),
            ",\"$VTMessage\":\"\xC2\x9B\"");
}

TEST(CsvRows, ReplaceColumnsOfAnEarlierLookup) {
  const auto rows = CsvRows("url", kOwn);
  ASSERT_TRUE(rows->Begin("$VTError,url,$VTURL,note").ok());
  EXPECT_EQ(rows->Header(), "url,note,$VTURL,$VTPositive,$VTError\n");
  const Outcome outcome = Process(*rows, "e,a,u,n");
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

// Texts with their lines.
std::vector<std::string> ReadAll(RowFormat& format,
                                 const std::vector<std::string>& contents) {
  const TempDir dir;
  std::vector<std::string> files;
  for (const std::string& content : contents) {
    files.push_back(dir / ("file" + std::to_string(files.size())));
    std::ofstream(files.back()) << content;
  }
  RecordReader reader(files, format);
  std::vector<std::string> records;
  for (;;) {
    const auto chunk = reader.Next();
    EXPECT_TRUE(chunk.ok()) << chunk.status();
    if (!chunk.ok() || *chunk == nullptr) break;
    for (const Chunk::Record& record : (*chunk)->records) {
      records.push_back(std::to_string(record.line) + ":" +
                        std::string(record.text));
    }
  }
  return records;
}

TEST(RecordReader, SplitsLinesAndCountsThem) {
  const auto rows = JsonRows("f", kOwn);
  EXPECT_THAT(ReadAll(*rows, {"a\n\nb", "c\n"}),
              ElementsAre("1:a", "2:", "3:b", "1:c"));
  EXPECT_THAT(ReadAll(*rows, {""}), ElementsAre());
  const std::string longer(700 * 1024, 'x');
  EXPECT_THAT(ReadAll(*rows, {"a\n" + longer + "\nb\n"}),
              ElementsAre("1:a", "2:" + longer, "3:b"));
}

TEST(RecordReader, KeepsLineBreaksInCells) {
  const auto rows = CsvRows("url", kOwn);
  EXPECT_THAT(ReadAll(*rows, {"url,b\n\"x\ny\",1\nz,2\n", "url,b\nw,3\n"}),
              ElementsAre("2:\"x\ny\",1", "4:z,2", "2:w,3"));
}

TEST(RecordReader, SaysWhichFileWillNotDo) {
  const auto rows = CsvRows("url", kOwn);
  RecordReader missing({"/nowhere/x.csv"}, *rows);
  EXPECT_EQ(missing.Next().status().message(),
            "/nowhere/x.csv: No such file or directory");
}

}  // namespace
}  // namespace vtlookup
