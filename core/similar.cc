#include "core/similar.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "core/text.h"

namespace vtlookup {
namespace {

// The optimal string alignment distance: the number of edits that make one text
// of the other, where no character is edited twice.
size_t Distance(std::string_view a, std::string_view b) {
  // The distances between all beginnings of a and b, three rows of them.
  std::vector<size_t> two_ago(b.size() + 1);
  std::vector<size_t> one_ago(b.size() + 1);
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    std::swap(two_ago, one_ago);
    std::swap(one_ago, row);
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t changed = one_ago[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({changed, one_ago[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], two_ago[j - 2] + 1);
      }
    }
  }
  return row[b.size()];
}

}  // namespace

std::string MostSimilar(std::string_view word,
                        const std::vector<std::string>& candidates) {
  const std::string lower = absl::AsciiStrToLower(ToAbsl(word));
  size_t least = std::max<size_t>(1, word.size() / 3) + 1;
  std::string best;
  for (const std::string& candidate : candidates) {
    const size_t distance = Distance(lower, absl::AsciiStrToLower(candidate));
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

}  // namespace vtlookup
