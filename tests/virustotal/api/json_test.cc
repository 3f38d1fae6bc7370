// How values are read that may have another type than usual. The expected
// numbers are those of the texts, as Python reads them.

#include "virustotal/api/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vtlookup/v1/verdict.pb.h"

namespace vtlookup {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// What `read` makes of the text as a value of JSON.
template <typename Read>
auto Of(std::string_view text, Read read) {
  std::invoke_result_t<Read, json::value> out{};
  const absl::Status status =
      ReadJson("[" + std::string(text) + "]", [&](json::value root) {
        ForEachItem(root, [&](json::value item) { out = read(item); });
        return absl::OkStatus();
      });
  EXPECT_TRUE(status.ok()) << text << status;
  return out;
}

struct Number {
  const char* text;
  std::optional<int64_t> number;
};
constexpr std::optional<int64_t> kNone = std::nullopt;

TEST(Json, IntegersAreExactOrNone) {
  for (const auto& [text, number] :
       {Number{"0", 0}, Number{"-1", -1},
        Number{"9223372036854775807", INT64_MAX},
        Number{"-9223372036854775808", INT64_MIN},
        Number{"9223372036854775808", kNone},
        Number{"18446744073709551615", kNone},
        Number{"9007199254740993", 9007199254740993},
        // Floats: 2^53 - 1 is the last that has no equal neighbour.
        Number{"5.0", 5}, Number{"-5.0", -5}, Number{"-0.0", 0},
        Number{"5e0", 5}, Number{"9007199254740991.0", 9007199254740991},
        Number{"-9007199254740991.0", -9007199254740991},
        Number{"9007199254740992.0", kNone}, Number{"1e300", kNone},
        Number{"0.9", kNone}, Number{"-0.1", kNone}, Number{"1e-9", kNone}}) {
    EXPECT_EQ(Of(text, ReadInt), number) << text;
  }
}

TEST(Json, HalvesOfSurrogatePairsAreReplaced) {
  const auto text = [](json::value value) {
    std::string out;
    ReadText(value, &out);
    return out;
  };
  EXPECT_EQ(Of(R"("a\ud83d b")", text), "a\xEF\xBF\xBD b");
  EXPECT_EQ(Of(R"("\ud83d\ude00")", text), "\xF0\x9F\x98\x80");
  EXPECT_EQ(Of(R"({"\ude00": 1}, "x")", text), "x");
  // Other escapes are as wrong as before.
  const absl::Status wrong = ReadJson(
      R"(["\ud83d", "\x"])", [](json::value) { return absl::OkStatus(); });
  EXPECT_THAT(std::string(wrong.message()), HasSubstr("not JSON"));
}

TEST(Json, TextsOfDigitsAreIntegersToo) {
  for (const auto& [text, number] :
       {Number{R"("12")", 12}, Number{R"("-12")", -12}, Number{R"("007")", 7},
        Number{R"("9223372036854775807")", INT64_MAX},
        Number{R"("9223372036854775808")", kNone}, Number{R"("")", kNone},
        Number{R"("-")", kNone}, Number{R"("--1")", kNone},
        Number{R"("+1")", kNone}, Number{R"(" 1")", kNone},
        Number{R"("1 ")", kNone}, Number{R"("1.0")", kNone},
        Number{R"("0x1")", kNone}, Number{R"("1e3")", kNone},
        Number{R"("1\u0000")", kNone}, Number{"true", kNone},
        Number{"null", kNone}, Number{"[1]", kNone}, Number{"{}", kNone}}) {
    EXPECT_EQ(Of(text, ReadInt), number) << text;
  }
}

TEST(Json, CountsAreOf32BitsWithoutASign) {
  EXPECT_EQ(Of("0", ReadCount), 0);
  EXPECT_EQ(Of("4294967295", ReadCount), 4294967295);
  EXPECT_EQ(Of("\"3\"", ReadCount), 3);
  for (const char* text : {"-1", "4294967296", "1.5", "\"-1\"", "null"}) {
    EXPECT_EQ(Of(text, ReadCount), std::nullopt) << text;
  }
}

// The last is 9999-12-31T23:59:59Z, the latest that a Timestamp can be.
TEST(Json, TimesAreFrom1970To9999WithoutFractions) {
  for (const auto& [text, seconds] :
       {Number{"0", 0}, Number{"1700000000", 1700000000},
        Number{"1700000000.75", 1700000000},
        Number{"\"1700000000\"", 1700000000}, Number{"-1", kNone},
        Number{"-1.5", kNone}, Number{"1e300", kNone},
        Number{"253402300799", 253402300799}, Number{"253402300800", kNone},
        Number{"\"2023-11-14\"", kNone}, Number{"null", kNone}}) {
    EXPECT_EQ(Of(text, ReadUnixTime), seconds) << text;
  }
}

TEST(Json, OnlyTrueIsTrue) {
  EXPECT_TRUE(Of("true", ReadBool));
  for (const char* text : {"false", "1", "\"true\"", "null", "[true]"}) {
    EXPECT_FALSE(Of(text, ReadBool)) << text;
  }
}

TEST(Json, ATextOfAnotherTypeLeavesWhatWasThere) {
  const auto read = [](json::value value) {
    std::string text = "before";
    ReadText(value, &text);
    return text;
  };
  EXPECT_EQ(Of(R"("a\u00e4\n")", read), "a\xC3\xA4\n");
  EXPECT_EQ(Of(R"("")", read), "");
  for (const char* text : {"null", "1", "[\"x\"]", "{\"x\": \"y\"}"}) {
    EXPECT_EQ(Of(text, read), "before") << text;
  }
}

TEST(Json, ListsSkipWhatIsOfAnotherType) {
  v1::DomainReport report;
  EXPECT_TRUE(
      ReadJson(R"(["a", 1, null, "", ["x"], "b"])", [&report](
                                                        json::value root) {
        ReadTexts(root, report.mutable_siblings());
        return absl::OkStatus();
      }).ok());
  EXPECT_THAT(report.siblings(), ElementsAre("a", "b"));
  int read = 0;
  EXPECT_TRUE(
      ReadJson(R"([{}, 1, [], "x", null, {"a": 1}])", [&](json::value root) {
        ReadList(root, report.mutable_resolutions(),
                 [&read](json::value, v1::Resolution*) { ++read; });
        return absl::OkStatus();
      }).ok());
  EXPECT_EQ(read, 3);
  EXPECT_EQ(report.resolutions_size(), 3);
}

absl::Status ReadAll(std::string body) {
  return ReadJson(std::move(body), [](json::value root) {
    ForEachField(root, [](std::string_view, json::value field) {
      ForEachField(field, [](std::string_view, json::value) {});
    });
    return absl::OkStatus();
  });
}

TEST(Json, FieldsComeInTheirOrder) {
  std::vector<std::string> seen;
  EXPECT_TRUE(
      ReadJson(R"({"b": 1, "a": 2, "\u0063": 3})", [&seen](json::value root) {
        ForEachField(root, [&seen](std::string_view key, json::value) {
          seen.emplace_back(key);
        });
        return absl::OkStatus();
      }).ok());
  EXPECT_THAT(seen, ElementsAre("b", "a", "c"));
}

TEST(Json, ABodyIsOneWholeValue) {
  for (const char* body :
       {"", " ", "{", "{} {}", "{}x", R"({"a": tru})", R"({"a": 01})",
        R"({"a": 1,})", "{\"a\": \"\xff\"}", "{\"a\": \"\n\"}", "<html>",
        R"({"skipped": [1, 2})"}) {
    const absl::Status status = ReadAll(body);
    EXPECT_TRUE(absl::IsUnavailable(status)) << body << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("not JSON")) << body;
  }
  EXPECT_FALSE(ReadAll(std::string(100000, '[')).ok());
}

// An object with `names`, and with its first name once more at its end.
std::string Twice(size_t names) {
  std::string body = "{";
  for (size_t i = 0; i < names; ++i) {
    body += "\"name-" + std::to_string(i) + "\": 1, ";
  }
  return body + "\"name-0\": 2}";
}

// Small, middle and large objects are checked in different ways.
TEST(Json, AKeyThatStandsTwiceIsFoundHoweverManyThereAre) {
  for (const size_t names :
       {1U, 2U, 7U, 8U, 9U, 100U, 1999U, 2000U, 2001U, 5000U}) {
    const absl::Status status = ReadAll(Twice(names));
    EXPECT_TRUE(absl::IsUnavailable(status)) << names;
    EXPECT_THAT(std::string(status.message()), HasSubstr("twice")) << names;
    std::string once = Twice(names);
    once.replace(once.rfind("name-0"), 6, "name-x");
    EXPECT_TRUE(ReadAll(once).ok()) << names;
  }
  EXPECT_FALSE(ReadAll(R"({"": 1, "": 2})").ok());
  EXPECT_FALSE(ReadAll(R"({"a": 1, "\u0061": 2})").ok());
  EXPECT_FALSE(ReadAll(R"({"o": {"abcd": 1, "b": 2, "abcd": 3}})").ok());
  EXPECT_TRUE(
      ReadAll(R"({"o": {"a": 1}, "p": {"a": 1}, "a": 1, "A": 1})").ok());
}

// The parser of the thread is used again; nothing of one body is in the next.
TEST(Json, ABodyAfterALargeOneIsReadAsIfItWereTheFirst) {
  const std::string large = R"({"a": ")" + std::string(3U << 20, 'x') + R"("})";
  EXPECT_TRUE(ReadAll(large).ok());
  EXPECT_EQ(Of("7", ReadInt), 7);
  EXPECT_FALSE(ReadAll(large.substr(0, large.size() - 1)).ok());
  EXPECT_EQ(Of("8", ReadInt), 8);
}

}  // namespace
}  // namespace vtlookup
