#ifndef VTLOOKUP_CORE_SIMILAR_H_
#define VTLOOKUP_CORE_SIMILAR_H_

#include <string>
#include <string_view>
#include <vector>

namespace vtlookup {

// Returns the candidate that somebody who typed `word` may have meant: the one
// with the fewest edits, which are at most max(1, length of `word` / 3). An
// edit inserts, deletes or replaces a character, or swaps two neighbours. The
// case does not matter. Empty when no candidate is so similar. Thread-safe.
std::string MostSimilar(std::string_view word,
                        const std::vector<std::string>& candidates);

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_SIMILAR_H_
