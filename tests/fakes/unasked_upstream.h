#ifndef VTLOOKUP_TESTS_FAKES_UNASKED_UPSTREAM_H_
#define VTLOOKUP_TESTS_FAKES_UNASKED_UPSTREAM_H_

#include <gtest/gtest.h>

#include "virustotal/upstream.h"

namespace vtlookup {

// An Upstream that has room for every request, and fails the test when one is
// made.
class UnaskedUpstream final : public Upstream {
 public:
  absl::Status CanAsk(const Indicator& /*indicator*/) const override {
    return absl::OkStatus();
  }
  Opening OpeningFor(Lane /*lane*/, size_t /*ahead*/) override {
    return {absl::InfinitePast(), absl::OkStatus()};
  }
  void Fetch(const Indicator& /*indicator*/, Purpose /*purpose*/, Lane /*lane*/,
             Done /*done*/) override {
    ADD_FAILURE() << "this test must not ask VirusTotal";
  }
};

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_FAKES_UNASKED_UPSTREAM_H_
