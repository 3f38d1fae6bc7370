#include "client/command/rows/record_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "client/rows/format.h"
#include "tests/fakes/temp_dir.h"

namespace vtlookup {
namespace {

using testing::ElementsAre;

const OwnFields kOwn = {.replaced = {"$VTURL"}, .added = {"$VTURL"}};

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
  const auto rows = JsonRows({{"f", kOwn}});
  EXPECT_THAT(ReadAll(*rows, {"a\n\nb", "c\n"}),
              ElementsAre("1:a", "2:", "3:b", "1:c"));
  EXPECT_THAT(ReadAll(*rows, {""}), ElementsAre());
  const std::string longer(700 * 1024, 'x');
  EXPECT_THAT(ReadAll(*rows, {"a\n" + longer + "\nb\n"}),
              ElementsAre("1:a", "2:" + longer, "3:b"));
}

TEST(RecordReader, KeepsLineBreaksInCells) {
  const auto rows = CsvRows({{"url", kOwn}});
  EXPECT_THAT(ReadAll(*rows, {"url,b\n\"x\ny\",1\nz,2\n", "url,b\nw,3\n"}),
              ElementsAre("2:\"x\ny\",1", "4:z,2", "2:w,3"));
}

// Texts and what is behind them.
std::string Joined(RowFormat& format, const std::string& content) {
  const TempDir dir;
  std::ofstream(dir / "file") << content;
  RecordReader reader({dir / "file"}, format);
  std::string out;
  for (;;) {
    const auto chunk = reader.Next();
    EXPECT_TRUE(chunk.ok()) << chunk.status();
    if (!chunk.ok() || *chunk == nullptr) return out;
    for (const Chunk::Record& record : (*chunk)->records) {
      out += "[" + std::string(record.text) + "]";
      out += record.line_break;
    }
  }
}

TEST(RecordReader, TakesEveryLineEnd) {
  EXPECT_EQ(Joined(*JsonRows({{"f", kOwn}}), "a\r\nb\n\r\nc"),
            "[a]\r\n[b]\n[]\r\n[c]");
  EXPECT_EQ(Joined(*JsonRows({{"f", kOwn}}), "a\rb\r"), "[a]\r[b]\r");
  EXPECT_EQ(Joined(*CsvRows({{"a", kOwn}}), "a,b\r1,2\r3,4"), "[1,2]\r[3,4]");
  EXPECT_EQ(Joined(*CsvRows({{"a", kOwn}}), "a,b\r\n1,2\r\n3,4\r\n"),
            "[1,2]\r\n[3,4]\r\n");
}

TEST(RecordReader, AByteOrderMarkIsNotPartOfARow) {
  EXPECT_EQ(Joined(*JsonRows({{"f", kOwn}}), "\xEF\xBB\xBF{}\n"), "[{}]\n");
  const auto rows = CsvRows({{"url", kOwn}});
  EXPECT_THAT(ReadAll(*rows, {"url,b\nx,1\n", "\xEF\xBB\xBFurl,b\ny,2\n"}),
              ElementsAre("2:x,1", "2:y,2"));
  EXPECT_EQ(rows->Header(), "url,b,$VTURL\n");
  // Excel needs the mark of a file that had one.
  const auto marked = CsvRows({{"url", kOwn}});
  EXPECT_THAT(ReadAll(*marked, {"\xEF\xBB\xBF\"url\",b\nx,1\n", "url,b\n"}),
              ElementsAre("2:x,1"));
  EXPECT_EQ(marked->Header(), "\xEF\xBB\xBF\"url\",b,$VTURL\n");
}

TEST(RecordReader, ALineMayNameTheDelimiter) {
  const auto rows = CsvRows({{"url", kOwn}});
  EXPECT_THAT(ReadAll(*rows, {"sep=;\r\nurl;b\r\nx;\"1;2\"\r\n"}),
              ElementsAre("3:x;\"1;2\""));
  EXPECT_EQ(rows->Header(), "sep=;\r\nurl;b;$VTURL\r\n");
  // Who names one knows better; the line is no header either way.
  const auto tabs = CsvRows({{"url", kOwn}}, false, '\t');
  EXPECT_THAT(ReadAll(*tabs, {"sep=;\nurl\tb\nx;y\t1\n"}),
              ElementsAre("3:x;y\t1"));
}

TEST(RecordReader, UtfSixteenIsRefused) {
  const TempDir dir;
  std::ofstream(dir / "x.csv") << std::string("\xFF\xFEu\0r\0l\0", 8);
  const auto rows = CsvRows({{"url", kOwn}});
  RecordReader reader({dir / "x.csv"}, *rows);
  EXPECT_EQ(reader.Next().status().message(),
            dir / "x.csv" +
                ": the file is in UTF-16; convert it to UTF-8, for example "
                "with iconv");
}

TEST(RecordReader, SaysWhichFileWillNotDo) {
  const auto rows = CsvRows({{"url", kOwn}});
  RecordReader missing({"/nowhere/x.csv"}, *rows);
  EXPECT_EQ(missing.Next().status().message(),
            "/nowhere/x.csv: No such file or directory");
}

}  // namespace
}  // namespace vtlookup
