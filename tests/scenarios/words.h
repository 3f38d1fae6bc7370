#ifndef VTLOOKUP_TESTS_SCENARIOS_WORDS_H_
#define VTLOOKUP_TESTS_SCENARIOS_WORDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "core/indicator.h"
#include "vtlookup/v1/config.pb.h"
#include "vtlookup/v1/indicator.pb.h"

namespace vtlookup {

// A line of a story, and what its words mean.

using Words = std::vector<std::string>;

// The words of a line; none when there is no step on it.
Words WordsOf(const std::string& line);

// The value of `name=value` among the words.
std::optional<std::string> Value(const Words& words, const std::string& name);

bool Has(const Words& words, const std::string& word);

// Fails the test for each word from the place `first` on that neither Value nor
// Has was asked for since the last call: nobody knows the word.
void ExpectAllKnown(const Words& words, size_t first);

absl::Duration DurationOf(const std::string& text);
int NumberOf(const std::string& text);
// Seconds since 1970.
int64_t TimeOf(const std::string& text);

// "v2" or "v3".
v1::VirusTotalApi ApiOf(const std::string& name);

// "domain:a.com".
struct Named {
  Kind kind;
  std::string text;
};
Named NamedOf(const std::string& word);
v1::Indicator IndicatorOf(const std::string& word);

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_SCENARIOS_WORDS_H_
