#include "server/lookup/slow_lane.h"

#include <utility>

namespace vtlookup {

bool SlowLane::Run(const std::string& client, Task task) {
  {
    MutexLock lock(mu_);
    if (all_ >= kMost) return false;
    int& own = of_client_[client];
    if (own >= kMostOfClient) return false;
    ++own;
    ++all_;
  }
  executor_.Run([this, client, task = std::move(task)]() mutable {
    std::move(task)();
    Leave(client);
  });
  return true;
}

void SlowLane::Leave(const std::string& client) {
  MutexLock lock(mu_);
  --all_;
  const auto found = of_client_.find(client);
  if (--found->second == 0) of_client_.erase(found);
}

}  // namespace vtlookup
