#ifndef VTLOOKUP_TESTS_SERVER_VERDICTS_ENTRY_HELPERS_H_
#define VTLOOKUP_TESTS_SERVER_VERDICTS_ENTRY_HELPERS_H_

#include <memory>
#include <utility>

#include "cache/entry.h"
#include "core/response_code.h"
#include "server/verdicts/stored_verdict.h"
#include "vtlookup/v1/verdict.pb.h"

namespace vtlookup {

inline v1::Verdict VerdictWith(ResponseCode code) {
  v1::Verdict verdict;
  verdict.set_response_code(NumberOf(code));
  return verdict;
}

inline Bytes ValueOf(v1::Verdict verdict, int polls = 0,
                     bool asked_to_scan = false) {
  return std::make_shared<const std::string>(
      StoredVerdict::Encode(std::move(verdict), polls, asked_to_scan));
}

inline Bytes ValueOf(ResponseCode code, int polls = 0,
                     bool asked_to_scan = false) {
  return ValueOf(VerdictWith(code), polls, asked_to_scan);
}

// Entries that are two hours old at the time `now`.
inline Entry FreshEntry(Bytes value, absl::Time now) {
  return {std::move(value), now - absl::Hours(2), now + absl::Hours(1),
          now + absl::Hours(2)};
}
inline Entry StaleEntry(Bytes value, absl::Time now) {
  return {std::move(value), now - absl::Hours(2), now - absl::Hours(1),
          now + absl::Hours(1)};
}
inline Entry GoneEntry(Bytes value, absl::Time now) {
  return {std::move(value), now - absl::Hours(2), now - absl::Hours(1),
          now - absl::Seconds(1)};
}

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_SERVER_VERDICTS_ENTRY_HELPERS_H_
