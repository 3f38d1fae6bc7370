#ifndef VTLOOKUP_TESTS_SCENARIOS_CHECKS_H_
#define VTLOOKUP_TESTS_SCENARIOS_CHECKS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/misses/miss_counters.h"
#include "server/verdicts/answer.h"
#include "tests/scenarios/words.h"

namespace vtlookup {

// Compare what happened with what a story says. What differs is a gtest
// failure.

// `answer` must be all that the words say: an answer, or a failure. `asked` is
// the text that was asked, whose scan the word `scan=` means.
void CheckOutcome(const absl::StatusOr<Answer>& answer,
                  const std::string& asked, const Words& words, absl::Time now);

// `word` is `name=value`.
void CheckCounter(const MissCounters& counters, const std::string& word);

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_SCENARIOS_CHECKS_H_
