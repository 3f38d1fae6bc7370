#include "client/rows/loose_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace vtlookup {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(LooseJson, BecomesStrict) {
  const std::pair<std::string, std::string> cases[] = {
      {R"({"a":1e400})", R"({"a":"1e400"})"},
      {R"([NaN, -Infinity,Infinity])", R"(["NaN", "-Infinity","Infinity"])"},
      {R"([1,-0.5e+3,0])", R"(["1","-0.5e+3","0"])"},
      {R"({"NaN":"1e400"})", R"({"NaN":"1e400"})"},
      {R"("\" NaN")", R"("\" NaN")"},
      {R"("\ud83d")", R"("\ufffd")"},
      {"\"a\xff\xc3\xa9\xc3\"", "\"a\xEF\xBF\xBD\xc3\xa9\xEF\xBF\xBD\""},
      // These are wrong, and stay so.
      {"[01]", "[01]"},
      {"[1.]", "[1.]"},
      {"[.5]", "[.5]"},
      {"[--1]", "[--1]"},
      {"[nan]", "[nan]"},
      {"[+1]", "[+1]"},
      {"[tru]", "[tru]"},
      {"{1: 2}", "{1: \"2\"}"},
      {"{NaN :1}", "{NaN :\"1\"}"},
      {"\xff", "\xff"},
      {"\"a", "\"a"},
      {"", ""},
  };
  for (const auto& [text, expected] : cases) {
    EXPECT_EQ(StrictJson(text), expected) << text;
  }
}

std::vector<std::pair<std::string, std::string>> Pairs(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const JsonMember& member : MembersOf(text)) {
    pairs.emplace_back(member.key, member.value);
  }
  return pairs;
}

TEST(LooseJson, HasMembersAsTheyAreWritten) {
  EXPECT_THAT(Pairs("{}"), IsEmpty());
  EXPECT_THAT(Pairs(" { } "), IsEmpty());
  EXPECT_THAT(
      Pairs(R"( {"a" : 1.50 , "b":[1,{"c":"]}"}] ,"d":"\"}"})"),
      ElementsAre(Pair("\"a\"", "1.50"), Pair("\"b\"", R"([1,{"c":"]}"}])"),
                  Pair("\"d\"", R"("\"}")")));
  EXPECT_THAT(
      Pairs(R"({"a":NaN,"\u0062":{"x":{}},"c":null})"),
      ElementsAre(Pair("\"a\"", "NaN"), Pair(R"("\u0062")", R"({"x":{}})"),
                  Pair("\"c\"", "null")));
}

}  // namespace
}  // namespace vtlookup
