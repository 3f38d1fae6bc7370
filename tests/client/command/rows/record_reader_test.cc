#include "client/command/rows/record_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "client/command/rows/format.h"
#include "tests/fakes/temp_dir.h"

namespace vtlookup {
namespace {

using testing::ElementsAre;

const std::vector<std::string> kOwn = {"$VTURL"};

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
