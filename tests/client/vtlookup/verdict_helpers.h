#ifndef VTLOOKUP_TESTS_CLIENT_VTLOOKUP_VERDICT_HELPERS_H_
#define VTLOOKUP_TESTS_CLIENT_VTLOOKUP_VERDICT_HELPERS_H_

#include <cstdint>
#include <string>

#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup {

// What the tests of the client library ask for, and what a FakeDaemon answers.

inline v1::Indicator Domain(const std::string& name) {
  v1::Indicator indicator;
  indicator.set_domain(name);
  return indicator;
}

inline v1::Verdict Verdict(int code, uint32_t positives = 0) {
  v1::Verdict verdict;
  verdict.set_response_code(code);
  if (code == 1) verdict.set_positives(positives);
  return verdict;
}

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_CLIENT_VTLOOKUP_VERDICT_HELPERS_H_
