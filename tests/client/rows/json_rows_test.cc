// How rows of JSON are read and written again.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/rows/format.h"
#include "tests/client/rows/rows_helpers.h"

namespace vtlookup {
namespace {

using testing::HasSubstr;

constexpr char kAdded[] =
    R"("$VTURL":"http://a/","$VTPositive":["A","B, \"C\""])";

TEST(JsonRows, KeepWhatIsThereToTheByte) {
  const auto rows = JsonRows({{"$Url", kOwn}});
  const std::string row =
      R"( {"$Url": "a", "n":1.10, "big":123456789012345678901234567890, "u":"\u00e4"} )";
  const RowOutcome outcome = Process(*rows, row);
  EXPECT_EQ(outcome.value, "a");
  EXPECT_EQ(outcome.untouched, row);
  EXPECT_EQ(outcome.enriched,
            row.substr(0, row.size() - 2) + "," + kAdded + "} ");
}

TEST(JsonRows, LookUpWhatIsNoTextAsItsText) {
  const auto rows = JsonRows({{"f", kOwn}});
  EXPECT_EQ(Process(*rows, R"({"f": 12})").value, "12");
  EXPECT_EQ(Process(*rows, R"({"f": true})").value, "true");
  EXPECT_EQ(Process(*rows, R"({"f": [1, "x"]})").value, R"([1,"x"])");
  EXPECT_EQ(Process(*rows, R"({"f": "a\u002eb"})").value, "a.b");
  EXPECT_EQ(Process(*rows, R"({"g": 1})").value, "-");
  EXPECT_EQ(Process(*rows, "{}").value, "-");
}

TEST(JsonRows, ReplaceWhatAnEarlierLookupAdded) {
  const auto rows = JsonRows({{"f", kOwn}});
  const RowOutcome outcome = Process(
      *rows,
      R"({"$VTError":"e", "f": 1.50, "$VTURL":["x"], "o": {"$VTURL": 1} })");
  EXPECT_EQ(outcome.enriched,
            std::string(R"({"f":1.50,"o":{"$VTURL": 1},)") + kAdded + "}");
  EXPECT_EQ(Process(*rows, R"({"f":"x","$VTURL":1})").enriched,
            std::string(R"({"f":"x",)") + kAdded + "}");
}

TEST(JsonRows, TakeTheFieldsOfSeveralLookups) {
  OwnFields second = Own({"$VTURL", "$VTError"});
  second.suffix = "_g";
  const auto rows = JsonRows({{"f", kOwn}, {"g", second}});
  const std::string first_added = rows->Render({{"$VTURL", "1"}}, 0);
  const std::string second_added = rows->Render({{"$VTURL", "2"}}, 1);
  EXPECT_EQ(second_added, R"(,"$VTURL_g":2)");
  const auto write = [&](const std::string& record, bool with_first,
                         bool with_second) {
    const auto parsed = rows->Parse(record);
    EXPECT_TRUE(parsed.ok()) << parsed.status();
    std::vector<std::optional<std::string_view>> added(2);
    if (with_first) added[0] = first_added;
    if (with_second) added[1] = second_added;
    std::string out;
    rows->Write(record, parsed->has_ours, added, &out);
    return out;
  };
  const std::string row = R"({"f":"a","g":"b"})";
  const auto parsed = rows->Parse(row);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->values[0], "a");
  EXPECT_EQ(parsed->values[1], "b");
  EXPECT_EQ(write(row, true, true),
            R"({"f":"a","g":"b","$VTURL":1,"$VTURL_g":2})");
  EXPECT_EQ(write(R"({"g":"b"})", false, true), R"({"g":"b","$VTURL_g":2})");
  EXPECT_EQ(rows->Parse(R"({"g":"b"})")->values[0], std::nullopt);
  // What a lookup that is not made has added before stays.
  const std::string old = R"({"$VTError_g":"e","g":"b","$VTURL":0})";
  EXPECT_EQ(write(old, false, true), R"({"g":"b","$VTURL":0,"$VTURL_g":2})");
  EXPECT_EQ(write(old, false, false), old);
}

TEST(JsonRows, AnAnswerWithoutTheChosenFieldsRemovesOldOnes) {
  const auto rows =
      JsonRows({{"f", {.replaced = kOwn.replaced, .added = {"$VTURL"}}}});
  const auto write = [&](const std::string& record) {
    const auto parsed = rows->Parse(record);
    const std::optional<std::string_view> nothing_chosen = "";
    std::string out;
    rows->Write(record, parsed->has_ours, {&nothing_chosen, 1}, &out);
    return out;
  };
  EXPECT_EQ(write(R"({"f":"a","$VTURL":1})"), R"({"f":"a"})");
  EXPECT_EQ(write(R"({"f":"a"})"), R"({"f":"a"})");
}

// From a pipe that is written slowly, a row is answered before the next comes.
TEST(JsonRows, ARowEndsWithItsLine) {
  const auto rows = JsonRows({{"f", kOwn}});
  rows->BeginFile(false);
  const auto extent = rows->FindRecord("{}\n", /*at_end=*/false);
  ASSERT_TRUE(extent.has_value());
  EXPECT_EQ(extent->record, 2U);
  EXPECT_FALSE(rows->FindRecord("{}", false).has_value());
}

TEST(JsonRows, SayWhatIsNoRow) {
  const auto rows = JsonRows({{"f", kOwn}});
  for (const std::string bad :
       {"x", "{", R"({"f":1} {})", R"({"f":tru})", R"({"f":01})",
        R"({1: 2, "f": "a"})", "{NaN: 1}", "{\"f\":\"\xff\"}"}) {
    EXPECT_THAT(std::string(rows->Parse(bad).status().message()),
                HasSubstr("not JSON"))
        << bad;
  }
  for (const std::string bad : {"1", "null", "\"x\"", "NaN"}) {
    EXPECT_EQ(rows->Parse(bad).status().message(), "not a JSON object") << bad;
  }
  EXPECT_EQ(rows->Parse("[1]").status().message(),
            "not a JSON object; `jq -c '.[]'` makes lines of an array");
  EXPECT_EQ(rows->Parse("{\"f\":\"\xff\"}").status().message(),
            "not JSON: the value of f is not UTF-8");
}

TEST(JsonRows, AFieldWithoutAValueIsNotLookedUp) {
  const auto rows = JsonRows({{"f", kOwn}});
  for (const std::string value :
       {"null", R"("")", R"("-")", R"("N/A")", R"("n/a")", R"(" ")"}) {
    EXPECT_EQ(Process(*rows, R"({"f":)" + value + "}").value, "-") << value;
    // The loose reader, too.
    EXPECT_EQ(Process(*rows, R"({"x":NaN,"f":)" + value + "}").value, "-")
        << value;
  }
  EXPECT_EQ(Process(*rows, R"({"f":"null"})").value, "null");
}

TEST(JsonRows, OtherFieldsMayHoldWhatParsersRefuse) {
  const auto rows = JsonRows({{"f", kOwn}});
  for (const std::string other :
       {"NaN", "Infinity", "-Infinity", "1e400", "-1e400", R"("\ud83d")",
        R"(["\ude00", {"x": NaN}])", "\"caf\xe9\"", "18446744073709551616"}) {
    const std::string row = R"({"o":)" + other + R"(, "f":"a"})";
    const RowOutcome outcome = Process(*rows, row);
    EXPECT_EQ(outcome.value, "a") << other;
    EXPECT_EQ(outcome.untouched, row);
    const std::string body = row.substr(0, row.size() - 1);
    EXPECT_EQ(outcome.enriched, body + "," + kAdded + "}");
    const std::string again = R"({"$VTURL":NaN,"o":)" + other + R"(,"f":"a"})";
    EXPECT_EQ(Process(*rows, again).enriched,
              R"({"o":)" + other + R"(,"f":"a",)" + kAdded + "}");
  }
  EXPECT_EQ(
      rows->Parse(std::string("{\"f\":\"a\"}\0x}", 12)).status().message(),
      "not JSON: it has a NUL byte");
  // What is looked up is the text that stands there.
  EXPECT_EQ(Process(*rows, R"({"f":1e5})").value, "1e5");
  EXPECT_EQ(Process(*rows, R"({"f":1e5,"x":NaN})").value, "1e5");
  EXPECT_EQ(Process(*rows, R"({"f":1,"\u0066":2.50})").value, "2.50");
  EXPECT_EQ(Process(*rows, R"({"f":1e400})").value, "1e400");
  EXPECT_EQ(Process(*rows, R"({"f":18446744073709551616})").value,
            "18446744073709551616");
}

TEST(JsonRows, SomeFieldsMayBeChosen) {
  const auto rows =
      JsonRows({{"f", {.replaced = kOwn.replaced, .added = {"$VTURL"}}}});
  EXPECT_EQ(Process(*rows, R"({"f":"a","$VTPositive":[1]})").enriched,
            R"({"f":"a","$VTURL":"http://a/"})");
}

TEST(JsonRows, AFieldMayBeNested) {
  const auto rows = JsonRows({{"url.domain", kOwn}});
  EXPECT_EQ(Process(*rows, R"({"url":{"domain":"a"}})").value, "a");
  EXPECT_EQ(Process(*rows, R"({"url":{"domain":"a"},"x":NaN})").value, "a");
  EXPECT_EQ(Process(*rows, R"({"url":{"domain":null}})").value, "-");
  EXPECT_EQ(Process(*rows, R"({"url":{"domain":1.50}})").value, "1.50");
  // The last of two with the same name counts.
  for (const std::string more : {"", R"(,"x":NaN)"}) {
    const std::string twice =
        R"({"url":{"domain":"a","domain":"b"},"url":{"domain":"c","domain":"d"})";
    EXPECT_EQ(Process(*rows, twice + more + "}").value, "d");
  }
  EXPECT_EQ(Process(*rows, R"({"url":"b"})").value, "-");
  EXPECT_EQ(Process(*rows, R"({"url":[{"domain":"a"}]})").value, "-");
  // A field of the whole name comes first.
  EXPECT_EQ(Process(*rows, R"({"url":{"domain":"a"},"url.domain":"b"})").value,
            "b");
}

TEST(JsonRows, ControlCharactersAreEscapedWhereThatIsAskedFor) {
  const std::vector<RowField> fields = {{"$VTMessage", "\"\xC2\x9B\""}};
  EXPECT_EQ(JsonRows({{"url", Own({"$VTMessage"})}}, true)->Render(fields, 0),
            ",\"$VTMessage\":\"\\u009b\"");
  EXPECT_EQ(JsonRows({{"url", Own({"$VTMessage"})}})->Render(fields, 0),
            ",\"$VTMessage\":\"\xC2\x9B\"");
}

}  // namespace
}  // namespace vtlookup
