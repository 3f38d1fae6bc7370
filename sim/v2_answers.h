#ifndef VTLOOKUP_SIM_V2_ANSWERS_H_
#define VTLOOKUP_SIM_V2_ANSWERS_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "sim/facts.h"

namespace vtsim {

// Bodies of API v2, with its texts and its peculiarities. `resource` is echoed
// as it was requested.
using Json = nlohmann::ordered_json;

// The report of a present indicator.
Json V2Report(const Facts& facts, const std::string& resource);

// Code 0, with the text of the endpoint.
Json V2Missing(Kind kind, const std::string& resource);

// Code 0: v2 has no code -1 for hashes.
Json V2InvalidHash(const std::string& resource);

// Code -1.
Json V2Invalid(Kind kind);

// Code -2.
Json V2Queued(const std::string& resource, const std::string& scan_id);

// Code 1 without counts: the URL was submitted for a scan at `time`.
Json V2Submitted(const Facts& facts, const std::string& resource, int64_t time);

}  // namespace vtsim

#endif  // VTLOOKUP_SIM_V2_ANSWERS_H_
