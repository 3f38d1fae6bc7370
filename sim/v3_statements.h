#ifndef VTLOOKUP_SIM_V3_STATEMENTS_H_
#define VTLOOKUP_SIM_V3_STATEMENTS_H_

#include <nlohmann/json.hpp>

#include "sim/facts.h"

namespace vtsim {

// Adds the attributes of API v3 that say something about an indicator besides
// its engines: reputation, votes, tags, submissions, names of threats. Only
// writes to `attributes`.
void AddStatements(const Facts& facts, nlohmann::ordered_json* attributes);

}  // namespace vtsim

#endif  // VTLOOKUP_SIM_V3_STATEMENTS_H_
