#ifndef VTLOOKUP_SIM_V3_ANSWERS_H_
#define VTLOOKUP_SIM_V3_ANSWERS_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "sim/facts.h"

namespace vtsim {

// Bodies of API v3.
using Json = nlohmann::ordered_json;

// `{"data": object}` for a present or a queued indicator, with the inline
// relationships that were requested.
Json V3Object(const Facts& facts, const std::set<std::string>& relationships);

// The answer to a URL that was submitted at `time`.
Json V3Submitted(const Facts& facts, int64_t time);

// An analysis of a URL; queued unless `done`.
Json V3Analysis(const Facts& facts, int64_t time, bool done);

// A page of whole objects, for `urls` or `downloaded_files`. `from` is the
// index of the first member.
Json V3Page(const Facts& facts, const std::string& relationship, size_t from,
            size_t limit);

Json V3Error(const std::string& code, const std::string& message);

std::string V3AnalysisId(const Facts& facts, int64_t time);

}  // namespace vtsim

#endif  // VTLOOKUP_SIM_V3_ANSWERS_H_
