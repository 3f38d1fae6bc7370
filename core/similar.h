#ifndef VTLOOKUP_CORE_SIMILAR_H_
#define VTLOOKUP_CORE_SIMILAR_H_

#include <string>
#include <string_view>
#include <vector>

namespace vtlookup {

// Returns the candidate that somebody who typed `word` may have meant; empty
// when none is similar. At most every third character may be missing, wrong,
// too much, or exchanged with its neighbour, and at least one. The case does
// not matter. Thread-safe.
std::string MostSimilar(std::string_view word,
                        const std::vector<std::string>& candidates);

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_SIMILAR_H_
