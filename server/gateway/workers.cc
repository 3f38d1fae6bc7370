#include "server/gateway/workers.h"

#include <utility>

namespace vtlookup {
namespace {

// Whose thread this is; null for all others.
thread_local const GatewayWorkers* own_workers = nullptr;

}  // namespace

void GatewayWorkers::Run(Task task) {
  if (own_workers == this) return std::move(task)();
  Queue(std::move(task));
}

void GatewayWorkers::Queue(Task task) {
  pool_.Run([this, task = std::move(task)]() mutable {
    if (stopped_) return;
    own_workers = this;
    std::move(task)();
    own_workers = nullptr;
  });
}

}  // namespace vtlookup
