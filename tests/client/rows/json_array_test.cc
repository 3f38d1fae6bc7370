// How the elements of a JSON array are read and written again.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

#include "client/rows/format.h"
#include "client/rows/record_splitter.h"
#include "tests/client/rows/rows_helpers.h"

namespace vtlookup {
namespace {

// What comes out when each row gets an answer.
std::string Enriched(std::string_view array) {
  const auto format = JsonArrayRows({{"f", kOwn}});
  RecordSplitter splitter(*format, size_t{1} << 20);
  splitter.BeginFile("it");
  splitter.Add(array);
  std::string rows;
  for (;;) {
    const auto chunk = splitter.Take(/*at_end=*/true);
    EXPECT_TRUE(chunk.ok()) << chunk.status();
    if (!chunk.ok() || *chunk == nullptr) return format->Header() + rows;
    for (const Chunk::Record& record : (*chunk)->records) {
      const auto parsed = format->Parse(record.text);
      std::optional<std::string> added;
      if (parsed.ok() && parsed->values[0].has_value()) {
        added = format->Render({{"$VTURL", R"("u")"}}, 0);
      }
      if (parsed.ok()) {
        const std::optional<std::string_view> view = added;
        format->Write(record.text, parsed->has_ours, {&view, 1}, &rows);
      } else {
        rows += record.text;
      }
      rows += record.line_break;
    }
  }
}

TEST(JsonArrayRows, KeepWhatIsThereToTheByte) {
  EXPECT_EQ(Enriched("[]"), "[]");
  EXPECT_EQ(Enriched(R"([{"f":"a"},{"g":1.10},{"f":"b"}])"),
            R"([{"f":"a","$VTURL":"u"},{"g":1.10},{"f":"b","$VTURL":"u"}])");
  EXPECT_EQ(Enriched("\t[\n  {\"f\": 1},\n  {\"g\": 2 }\n]\n"),
            "\t[\n  {\"f\": 1,\"$VTURL\":\"u\"},\n  {\"g\": 2 }\n]\n");
  EXPECT_EQ(Enriched(R"([5, "x", null, [{"f":1}]])"),
            R"([5, "x", null, [{"f":1}]])");
  EXPECT_EQ(Enriched(R"([{"f":"a","x":NaN,"$VTURL":"old"}])"),
            R"([{"f":"a","x":NaN,"$VTURL":"u"}])");
}

TEST(JsonArrayRows, ElementsThatAreNotJsonSpoilTheArray) {
  const auto format = JsonArrayRows({{"f", kOwn}});
  for (const char* const element :
       {"nonsense", R"({"f":})", R"({"f":1)", R"({"f":[1}})", "{'f':1}"}) {
    EXPECT_EQ(format->Parse(element).status().code(),
              absl::StatusCode::kDataLoss)
        << element;
  }
  for (const char* const element : {"5", " null", R"("x")", "[1]"}) {
    EXPECT_EQ(format->Parse(element).status().code(),
              absl::StatusCode::kInvalidArgument)
        << element;
  }
}

}  // namespace
}  // namespace vtlookup
