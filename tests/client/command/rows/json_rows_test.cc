// How rows of JSON are read and written again.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "client/command/rows/format.h"
#include "tests/client/command/rows/rows_helpers.h"

namespace vtlookup {
namespace {

using testing::HasSubstr;

constexpr char kAdded[] =
    R"("$VTURL":"http://a/","$VTPositive":["A","B, \"C\""])";

TEST(JsonRows, KeepWhatIsThereToTheByte) {
  const auto rows = JsonRows("$Url", kOwn);
  const std::string row =
      R"( {"$Url": "a", "n":1.10, "big":123456789012345678901234567890, "u":"\u00e4"} )";
  const RowOutcome outcome = Process(*rows, row);
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
  const RowOutcome outcome = Process(
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

TEST(JsonRows, ControlCharactersAreEscapedWhereThatIsAskedFor) {
  const std::vector<RowField> fields = {{"$VTMessage", "\"\xC2\x9B\""}};
  EXPECT_EQ(JsonRows("url", {"$VTMessage"}, true)->Render(fields),
            ",\"$VTMessage\":\"\\u009b\"");
  EXPECT_EQ(JsonRows("url", {"$VTMessage"})->Render(fields),
            ",\"$VTMessage\":\"\xC2\x9B\"");
}

}  // namespace
}  // namespace vtlookup
