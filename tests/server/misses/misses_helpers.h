#ifndef VTLOOKUP_TESTS_SERVER_MISSES_MISSES_HELPERS_H_
#define VTLOOKUP_TESTS_SERVER_MISSES_MISSES_HELPERS_H_

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "cache/entry.h"
#include "core/indicator.h"
#include "server/misses/flights.h"
#include "server/verdicts/answer.h"
#include "server/verdicts/stored_verdict.h"

namespace vtlookup {

// What the tests of the parts of the miss path are about.

inline Indicator Domain(std::string_view text) {
  return *Indicator::Parse(Kind::kDomain, text);
}

// An entry that is fresh for an hour, and may stand in for two more.
inline Entry EntryOf(int code, absl::Time stored) {
  v1::Verdict verdict;
  verdict.set_response_code(code);
  return {.value = std::make_shared<const std::string>(
              StoredVerdict::Encode(std::move(verdict), 0, false)),
          .stored = stored,
          .fresh_until = stored + absl::Hours(1),
          .usable_until = stored + absl::Hours(3)};
}

inline Answer AnswerOf(const Indicator& indicator, Entry entry) {
  return {.kind = indicator.kind(),
          .indicator = std::string(indicator.text()),
          .entry = std::move(entry),
          .source = v1::SOURCE_VIRUSTOTAL};
}

inline Flight FlightTo(const Indicator& indicator, Lane lane,
                       std::string client = "") {
  return {.indicator = indicator,
          .purpose = Purpose::kReport,
          .lane = lane,
          .client = std::move(client)};
}

// `done` may be empty for a waiter that never ends.
inline Waiter WaiterOf(WaiterId id, OnAnswer done = {}) {
  return {.id = id, .want = {}, .requester = {}, .done = std::move(done)};
}

// Receives the answer of one waiter into `out`.
inline OnAnswer Into(std::optional<absl::StatusOr<Answer>>* out) {
  return [out](absl::StatusOr<Answer> answer) {
    EXPECT_FALSE(out->has_value()) << "answered twice";
    *out = std::move(answer);
  };
}

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_SERVER_MISSES_MISSES_HELPERS_H_
