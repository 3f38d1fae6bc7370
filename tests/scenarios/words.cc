#include "tests/scenarios/words.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/config/values.h"
#include "server/proto/indicator_fields.h"

namespace vtlookup {

Words WordsOf(const std::string& line) {
  const std::string step = line.substr(0, line.find(" #"));
  const Words words = absl::StrSplit(step, ' ', absl::SkipEmpty());
  return words.empty() || words[0][0] == '#' ? Words() : words;
}

namespace {

// The option names that Value (as `name=`) and Has have looked up since the
// last ExpectAllKnown.
std::set<std::string>& Asked() {
  static auto* const asked = new std::set<std::string>;
  return *asked;
}

}  // namespace

void ExpectAllKnown(const Words& words, size_t first) {
  for (size_t i = first; i < words.size(); ++i) {
    const size_t equals = words[i].find('=');
    const std::string name =
        equals == std::string::npos ? words[i] : words[i].substr(0, equals + 1);
    EXPECT_TRUE(Asked().contains(name))
        << "unknown option \"" << words[i] << "\" in this step";
  }
  Asked().clear();
}

std::optional<std::string> Value(const Words& words, const std::string& name) {
  Asked().insert(name + "=");
  for (const std::string& word : words) {
    if (absl::StartsWith(word, name + "=")) return word.substr(name.size() + 1);
  }
  return std::nullopt;
}

bool Has(const Words& words, const std::string& word) {
  Asked().insert(word);
  return std::find(words.begin(), words.end(), word) != words.end();
}

absl::Duration DurationOf(const std::string& text) {
  const auto duration = ParseConfigDuration(text);
  EXPECT_TRUE(duration.ok()) << text;
  return duration.value_or(absl::ZeroDuration());
}

int NumberOf(const std::string& text) {
  int number = 0;
  EXPECT_TRUE(absl::SimpleAtoi(text, &number)) << text;
  return number;
}

int64_t TimeOf(const std::string& text) {
  int64_t time = 0;
  EXPECT_TRUE(absl::SimpleAtoi(text, &time)) << text;
  return time;
}

v1::VirusTotalApi ApiOf(const std::string& name) {
  EXPECT_TRUE(name == "v2" || name == "v3") << "no API: " << name;
  return name == "v2" ? v1::VIRUS_TOTAL_API_V2 : v1::VIRUS_TOTAL_API_V3;
}

Named NamedOf(const std::string& word) {
  static const std::map<std::string, Kind> kKinds = {{"file", Kind::kFile},
                                                     {"url", Kind::kUrl},
                                                     {"domain", Kind::kDomain},
                                                     {"ip", Kind::kIp},
                                                     {"scan", Kind::kUrlScan}};
  const size_t colon = word.find(':');
  const auto kind = kKinds.find(word.substr(0, colon));
  if (kind == kKinds.end()) {
    ADD_FAILURE() << "no kind: " << word;
    return {Kind::kFile, word};
  }
  return {kind->second, word.substr(colon + 1)};
}

v1::Indicator IndicatorOf(const std::string& word) {
  const Named named = NamedOf(word);
  v1::Indicator indicator;
  SetIndicator(named.kind, named.text, &indicator);
  return indicator;
}

}  // namespace vtlookup
