#include "tests/scenarios/checks.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>

#include "core/failure.h"
#include "server/verdicts/stored_verdict.h"
#include "tests/scenarios/answers.h"

namespace vtlookup {
namespace {

// The clock may go on while the story is told.
void ExpectClose(absl::Duration actual, absl::Duration expected) {
  EXPECT_LT(absl::AbsDuration(actual - expected), absl::Milliseconds(1))
      << actual << " instead of " << expected;
}

void CheckAnswer(const Answer& answer, const std::string& asked,
                 const Words& words, absl::Time now) {
  static const std::map<std::string, v1::Source> kSources = {
      {"memory", v1::SOURCE_MEMORY},
      {"disk", v1::SOURCE_DISK},
      {"virustotal", v1::SOURCE_VIRUSTOTAL},
      {"local", v1::SOURCE_LOCAL}};
  const v1::Verdict verdict = DecodeVerdict(*answer.entry.value);
  if (const auto code = Value(words, "code")) {
    EXPECT_EQ(verdict.response_code(), NumberOf(*code));
  }
  if (const auto positives = Value(words, "positives")) {
    EXPECT_TRUE(verdict.has_positives());
    EXPECT_EQ(verdict.positives(), NumberOf(*positives));
  }
  EXPECT_TRUE(verdict.response_code() == 1 || !verdict.has_positives());
  if (const auto from = Value(words, "from")) {
    EXPECT_EQ(answer.source, kSources.at(*from));
  }
  const bool want_stale = Has(words, "stale");
  const bool want_fresh = Has(words, "fresh");
  EXPECT_TRUE(answer.stale || !want_stale);
  EXPECT_FALSE(answer.stale && want_fresh);
  if (const auto scan = Value(words, "scan")) {
    EXPECT_EQ(verdict.scan_id(), ScanIdOf(asked, TimeOf(*scan)));
  }
  if (const auto age = Value(words, "age")) {
    ExpectClose(now - answer.entry.stored, DurationOf(*age));
  }
}

void CheckFailure(const absl::Status& status, const Words& words) {
  const auto error = Value(words, "error");
  ASSERT_TRUE(error.has_value()) << status;
  EXPECT_EQ(absl::StatusCodeToString(status.code()), *error) << status;
  const Failure failure = FailureOf(status);
  if (const auto reason = Value(words, "reason")) {
    EXPECT_EQ(failure.reason, *reason);
  }
  if (const auto retry = Value(words, "retry")) {
    ASSERT_TRUE(failure.retry_after.has_value());
    ExpectClose(*failure.retry_after, DurationOf(*retry));
  }
}

}  // namespace

void CheckOutcome(const absl::StatusOr<Answer>& answer,
                  const std::string& asked, const Words& words,
                  absl::Time now) {
  if (!answer.ok()) return CheckFailure(answer.status(), words);
  ASSERT_FALSE(Value(words, "error").has_value()) << "an answer, no failure";
  CheckAnswer(*answer, asked, words, now);
}

void CheckCounter(const MissCounters& counters, const std::string& word) {
  const std::map<std::string, const Counter*> by_name = {
      {"fetches", &counters.fetches},
      {"coalesced", &counters.coalesced},
      {"stale_served", &counters.stale_served},
      {"refused", &counters.refused},
      {"failed", &counters.failed},
      {"retries", &counters.retries},
      {"polls", &counters.polls},
      {"refreshed", &counters.refreshed},
      {"out_of_turn", &counters.out_of_turn}};
  const size_t equals = word.find('=');
  EXPECT_EQ(by_name.at(word.substr(0, equals))->value(),
            NumberOf(word.substr(equals + 1)));
}

}  // namespace vtlookup
