#ifndef VTLOOKUP_TESTS_VIRUSTOTAL_API_DIALOGUE_HELPERS_H_
#define VTLOOKUP_TESTS_VIRUSTOTAL_API_DIALOGUE_HELPERS_H_

#include <string>
#include <utility>

#include "core/indicator.h"
#include "virustotal/api/dialect.h"

namespace vtlookup {

inline Access TestAccess() {
  return {.base_url = "https://vt.example", .api_key = "KEY"};
}

// Returns the first request of a dialogue.
inline HttpRequest FirstRequest(const Dialect& dialect,
                                const Indicator& indicator, Purpose purpose) {
  Access access = TestAccess();
  return dialect.start(access, indicator, purpose)->Begin();
}

// Returns the outcome of a dialogue that ends with its first response; Aborted
// if the dialogue goes on.
inline absl::StatusOr<OwnedVerdict> TakeFirst(const Dialect& dialect,
                                              const Indicator& indicator,
                                              Purpose purpose,
                                              HttpResponse response) {
  Access access = TestAccess();
  const auto dialogue = dialect.start(access, indicator, purpose);
  dialogue->Begin();
  Dialogue::Step step = dialogue->Take(std::move(response));
  if (step.next.has_value()) return absl::AbortedError("goes on");
  return std::move(step.verdict);
}

// Like TakeFirst, but returns a copy of the verdict.
inline absl::StatusOr<v1::Verdict> ReadFirst(const Dialect& dialect,
                                             const Indicator& indicator,
                                             Purpose purpose,
                                             HttpResponse response) {
  auto verdict = TakeFirst(dialect, indicator, purpose, std::move(response));
  if (!verdict.ok()) return verdict.status();
  return **verdict;
}

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_VIRUSTOTAL_API_DIALOGUE_HELPERS_H_
