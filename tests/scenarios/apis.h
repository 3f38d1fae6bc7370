#ifndef VTLOOKUP_TESTS_SCENARIOS_APIS_H_
#define VTLOOKUP_TESTS_SCENARIOS_APIS_H_

#include <gtest/gtest.h>

#include <string>

#include "vtlookup/v1/config.pb.h"

namespace vtlookup {

// For tests that run in both of VirusTotal's APIs: the values of their
// parameter, and how that is named.

inline const auto kBothApis =
    testing::Values(v1::VIRUS_TOTAL_API_V2, v1::VIRUS_TOTAL_API_V3);

inline std::string NameOfApi(
    const testing::TestParamInfo<v1::VirusTotalApi>& api) {
  return api.param == v1::VIRUS_TOTAL_API_V2 ? "v2" : "v3";
}

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_SCENARIOS_APIS_H_
