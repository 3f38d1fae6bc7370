#include "server/operators/http/connections.h"

#include <algorithm>

namespace vtlookup {

std::vector<int> HttpConnections::Open(int fd, absl::Duration now) {
  std::vector<int> slow;
  for (const auto& [other, since] : since_) {
    if (now - since > deadline_) slow.push_back(other);
  }
  for (const int other : slow) since_.erase(other);
  if (since_.size() >= crowd_) {
    const auto oldest = std::min_element(
        since_.begin(), since_.end(),
        [](const auto& a, const auto& b) { return a.second < b.second; });
    slow.push_back(oldest->first);
    since_.erase(oldest);
  }
  since_[fd] = now;
  return slow;
}

void HttpConnections::Answered(int fd, absl::Duration now) {
  const auto found = since_.find(fd);
  if (found != since_.end()) found->second = now;
}

}  // namespace vtlookup
