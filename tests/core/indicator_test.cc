#include "core/indicator.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "tests/paths.h"

namespace vtlookup {
namespace {

struct Case {
  int line = 0;
  Kind kind = Kind::kUrl;
  std::string text;
  std::string canonical;  // "!": unusable
};

std::vector<Case> ReadCases() {
  static const std::map<std::string, Kind> kKinds = {{"file", Kind::kFile},
                                                     {"url", Kind::kUrl},
                                                     {"domain", Kind::kDomain},
                                                     {"ip", Kind::kIp},
                                                     {"scan", Kind::kUrlScan}};
  std::vector<Case> cases;
  std::ifstream in(TEST_SOURCE_DIR "/data/indicators.tsv");
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    if (absl::StartsWith(line, "#")) continue;
    const std::vector<std::string> columns = absl::StrSplit(line, '\t');
    Case item{number, kKinds.at(columns.at(0)), "", columns.at(2)};
    if (!absl::CUnescape(columns[1], &item.text)) ADD_FAILURE() << line;
    std::string canonical;
    if (absl::CUnescape(item.canonical, &canonical)) item.canonical = canonical;
    cases.push_back(item);
  }
  return cases;
}

TEST(Indicator, TableOfForms) {
  const std::vector<Case> cases = ReadCases();
  EXPECT_GE(cases.size(), 150);
  for (const Case& item : cases) {
    const auto indicator = Indicator::Parse(item.kind, item.text);
    EXPECT_EQ(indicator.ok() ? std::string(indicator->text()) : "!",
              item.canonical)
        << "line " << item.line << ": " << indicator.status();
  }
}

TEST(Indicator, CanonicalFormsAreFixedPoints) {
  for (const Case& item : ReadCases()) {
    if (item.canonical == "!") continue;
    const auto again = Indicator::Parse(item.kind, item.canonical);
    ASSERT_TRUE(again.ok()) << "line " << item.line;
    EXPECT_EQ(again->text(), item.canonical);
  }
}

TEST(Indicator, KeyIsTheKindByteAndTheText) {
  const auto domain = Indicator::Parse(Kind::kDomain, "example.com");
  EXPECT_EQ(domain->key(),
            "\x03"
            "example.com");
  EXPECT_EQ(domain->kind(), Kind::kDomain);
}

TEST(Indicator, TheSameTextOfAnotherKindIsAnotherIndicator) {
  EXPECT_FALSE(*Indicator::Parse(Kind::kUrl, "http://a.com/") ==
               *Indicator::Parse(Kind::kDomain, "a.com"));
}

TEST(Indicator, ErrorsDoNotRepeatTheText) {
  const auto indicator = Indicator::Parse(Kind::kFile, "secret-token-123");
  EXPECT_FALSE(absl::StrContains(indicator.status().message(), "secret"));
}

TEST(Indicator, RefusesWhatIsTooLong) {
  const std::string longest =
      "http://a.com/" + std::string(Indicator::kMaxText - 13, 'x');
  EXPECT_TRUE(Indicator::Parse(Kind::kUrl, longest).ok());
  EXPECT_FALSE(Indicator::Parse(Kind::kUrl, longest + "x").ok());
}

}  // namespace
}  // namespace vtlookup
