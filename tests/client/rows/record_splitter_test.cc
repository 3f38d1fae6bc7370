// How bytes that come in pieces become records.

#include "client/rows/record_splitter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "client/rows/format.h"
#include "tests/client/rows/rows_helpers.h"

namespace vtlookup {
namespace {

using testing::HasSubstr;

constexpr size_t kLongest = size_t{1} << 20;

// The records as "[text]", each with its line break, and the failure that ends
// them, if any. The input comes in pieces of `size` bytes.
std::string Split(RowFormat& format, std::string_view input, size_t size) {
  RecordSplitter splitter(format, kLongest);
  splitter.BeginFile("it");
  std::string out;
  bool at_end = false;
  for (;;) {
    const auto chunk = splitter.Take(at_end);
    if (!chunk.ok()) return out + "! " + std::string(chunk.status().message());
    if (*chunk != nullptr) {
      for (const Chunk::Record& record : (*chunk)->records) {
        out += "[" + std::string(record.text) + "]";
        out += record.line_break;
      }
      continue;
    }
    if (at_end) return out;
    at_end = input.empty();
    splitter.Add(input.substr(0, size));
    input.remove_prefix(std::min(size, input.size()));
  }
}

// Splits the input whole and byte by byte: the pieces must not matter.
std::string SplitAnyhow(std::unique_ptr<RowFormat> (*make)(),
                        std::string_view input) {
  const std::string whole = Split(*make(), input, input.size() + 1);
  for (const size_t size : {1, 2, 3, 7}) {
    EXPECT_EQ(Split(*make(), input, size), whole) << size;
  }
  return whole;
}

std::unique_ptr<RowFormat> Lines() { return JsonRows({{"f", kOwn}}); }
std::unique_ptr<RowFormat> Array() { return JsonArrayRows({{"f", kOwn}}); }
std::unique_ptr<RowFormat> Csv() { return CsvRows({{"f", kOwn}}); }

TEST(RecordSplitter, LinesMayComeInAnyPieces) {
  EXPECT_EQ(SplitAnyhow(Lines, "\xEF\xBB\xBF{}\r\n\r\n{\"a\":1}\n\n{}"),
            "[{}]\r\n[]\r\n[{\"a\":1}]\n[]\n[{}]");
  EXPECT_EQ(SplitAnyhow(Lines, "a\rb\r"), "[a]\r[b]\r");
  EXPECT_EQ(SplitAnyhow(Lines, ""), "");
}

TEST(RecordSplitter, CsvMayComeInAnyPieces) {
  EXPECT_EQ(SplitAnyhow(Csv, "f,g\r\n\"a\nb\",1\r\n\r\nc,\"x\"\"y\"\r\n"),
            "[\"a\nb\",1]\r\n[]\r\n[c,\"x\"\"y\"]\r\n");
  EXPECT_EQ(SplitAnyhow(Csv, "f\r1\r2"), "[1]\r[2]");
  EXPECT_EQ(SplitAnyhow(Csv, "sep=;\nf;g\n1;2\n"), "[1;2]\n");
  EXPECT_EQ(SplitAnyhow(Csv, "a,b\n1,2\n"),
            "! it: has no column f; it has: a, b");
}

TEST(RecordSplitter, ArraysMayComeInAnyPieces) {
  EXPECT_EQ(SplitAnyhow(Array, R"([{"f":1},{"f":"],"}])"),
            R"([{"f":1}],[{"f":"],"}]])");
  EXPECT_EQ(SplitAnyhow(Array, " [\n  {\"f\": [1, {}]},\n  {}\n]\n"),
            "[\n  {\"f\": [1, {}]}],[\n  {}\n]][]\n");
  EXPECT_EQ(SplitAnyhow(Array, R"([{"f":"\\\"]"}, 5, null])"),
            R"([{"f":"\\\"]"}],[ 5],[ null]])");
  EXPECT_EQ(SplitAnyhow(Array, "[]"), "");
  EXPECT_EQ(SplitAnyhow(Array, " [ ]\n"), "[]\n");
}

TEST(RecordSplitter, ABrokenArrayEndsWhereItBreaks) {
  EXPECT_EQ(SplitAnyhow(Array, ""),
            "! it: this is not a JSON array: it does not begin with [");
  EXPECT_EQ(SplitAnyhow(Array, " {\"f\":1}"),
            "! it: this is not a JSON array: it does not begin with [");
  EXPECT_EQ(SplitAnyhow(Array, "[{},{}"),
            "[{}],! it: the JSON array is not closed; something is missing at "
            "its end");
  EXPECT_EQ(SplitAnyhow(Array, "["),
            "! it: the JSON array is not closed; something is missing at its "
            "end");
  EXPECT_EQ(SplitAnyhow(Array, "[{}, ,{}]"),
            "[{}],! it: an element of the JSON array is missing before ,");
  EXPECT_EQ(SplitAnyhow(Array, "[{},]"),
            "[{}],! it: an element of the JSON array is missing before ]");
  EXPECT_EQ(SplitAnyhow(Array, "[{}] []"),
            "[{}]][] ! it: text follows the JSON array");
}

TEST(RecordSplitter, ALongRecordIsRefused) {
  const std::string longer(kLongest + 100, 'x');
  EXPECT_EQ(Split(*Lines(), "a\n" + longer + longer, 100),
            "[a]\n! it:2: the record that begins here is longer than 1 MiB, "
            "the limit; split it");
  EXPECT_EQ(Split(*Array(), "[{}," + longer + longer, 100),
            "[{}],! it:1: the record that begins here is longer than 1 MiB, "
            "the limit; split it");
  EXPECT_THAT(Split(*Csv(), "f\n" + longer + longer, 100),
              HasSubstr("longer than 1 MiB"));
}

// Reading everything again for each byte would take hours.
TEST(RecordSplitter, AByteAtATimeCostsNoMoreThanAtOnce) {
  std::string line = "{\"f\":\"" + std::string(kLongest - 100, 'x') + "\"}";
  EXPECT_EQ(Split(*Lines(), line + "\n", 1), "[" + line + "]\n");
  EXPECT_EQ(Split(*Array(), "[" + line + "]", 1), "[" + line + "]]");
  line = std::string(kLongest - 100, 'x');
  EXPECT_EQ(Split(*Csv(), "f\n" + line + "\n", 1), "[" + line + "]\n");
}

}  // namespace
}  // namespace vtlookup
