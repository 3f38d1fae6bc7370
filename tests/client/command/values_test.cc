#include "client/command/values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

namespace vtlookup {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Values, TheFormTellsTheKind) {
  using V = v1::Indicator::ValueCase;
  const std::string sha256(64, 'a');
  const struct {
    std::string text;
    V kind;
  } cases[] = {
      {"44d88612fea8a8f36de82e1278abb02f", V::kFileHash},
      {std::string(40, 'A'), V::kFileHash},
      {sha256, V::kFileHash},
      {sha256 + "-1700000000", V::kUrlScanId},
      {sha256 + "-17x", V::VALUE_NOT_SET},
      {"192.0.2.1", V::kIp},
      {"2001:db8::1", V::kIp},
      {"::1", V::kIp},
      {"http://a.com/", V::kUrl},
      {"ftp://a.com", V::kUrl},
      {"a.com/x", V::kUrl},
      {"a.com?x=1", V::kUrl},
      {"a.com:8080", V::kUrl},
      {"192.0.2.1:80", V::kUrl},
      {"a.com", V::kDomain},
      {"b\u00fccher.example", V::kDomain},
      {"999.1.1.1", V::kDomain},
      {"word", V::VALUE_NOT_SET},
      {"1.2.3.0/24", V::VALUE_NOT_SET},
      {"2001:db8::/32", V::VALUE_NOT_SET},
      {"1.2.3.4/x", V::kUrl},
      {"a.com/24", V::kUrl},
      {"http://a.com/a b", V::VALUE_NOT_SET},
      {"a.com b.com", V::VALUE_NOT_SET},
      {"", V::VALUE_NOT_SET},
      {"a:b", V::VALUE_NOT_SET},
      {std::string(33, 'a'), V::VALUE_NOT_SET},
  };
  for (const auto& each : cases) {
    const auto guessed = GuessIndicator(each.text);
    EXPECT_EQ(guessed.has_value() ? guessed->value_case() : V::VALUE_NOT_SET,
              each.kind)
        << each.text;
  }
}

TEST(Values, AListHasOneToALine) {
  std::istringstream list(
      "\xEF\xBB\xBF"
      "# hosts of the report\n a.com \r\n\n#b.com\nhttp://c.com/#d\n1.2.3.4"
      "  # seen on Monday\n\t# more");
  const auto values = ReadValues(list, "list");
  ASSERT_TRUE(values.ok());
  std::vector<std::string> found;
  for (const ListedValue& value : *values) {
    found.push_back(std::to_string(value.line) + ":" + value.text);
  }
  EXPECT_THAT(found, ElementsAre("2:a.com", "5:http://c.com/#d", "6:1.2.3.4"));
}

TEST(Values, AMistakeInAListHasItsLine) {
  std::istringstream list("a.com\n\xff\n");
  EXPECT_EQ(ReadValues(list, "list").status().message(),
            "list:2: the line is not UTF-8");
  std::string many;
  for (size_t i = 0; i <= kMostValues; ++i) many += "a\n";
  std::istringstream too_many(many);
  EXPECT_THAT(std::string(ReadValues(too_many, "list").status().message()),
              HasSubstr("more than 1000000 values"));
}

}  // namespace
}  // namespace vtlookup
