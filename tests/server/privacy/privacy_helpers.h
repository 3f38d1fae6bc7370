#ifndef VTLOOKUP_TESTS_SERVER_PRIVACY_PRIVACY_HELPERS_H_
#define VTLOOKUP_TESTS_SERVER_PRIVACY_PRIVACY_HELPERS_H_

#include <string>
#include <utility>

#include "core/indicator.h"
#include "server/privacy/privacy_gate.h"

namespace vtlookup {

// Returns the indicator that the gate lets pass, or "withheld: ...", or
// "unusable".
inline std::string Passed(PrivacyGate& gate, Kind kind,
                          const std::string& text) {
  auto indicator = Indicator::Parse(kind, text);
  if (!indicator.ok()) return "unusable";
  std::string why;
  const auto passed = gate.Pass(*std::move(indicator), &why);
  return passed.has_value() ? std::string(passed->text()) : why;
}

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_SERVER_PRIVACY_PRIVACY_HELPERS_H_
