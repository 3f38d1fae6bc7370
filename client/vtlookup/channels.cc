#include "vtlookup/channels.h"

#include <thread>
#include <utility>

namespace vtlookup {
namespace {

// True on gRPC's own threads, once a call has ended there.
thread_local bool on_grpc_thread = false;

}  // namespace

void Channels::NoteGrpcThread() { on_grpc_thread = true; }

std::shared_ptr<Channels> Channels::Make(
    const std::vector<std::shared_ptr<grpc::Channel>>& channels,
    size_t most_calls) {
  // When the last channel is destroyed, gRPC 1.51 joins its callback threads,
  // and crashes if one of these destroys it. So they leave that to a new
  // thread.
  std::shared_ptr<Channels> made(new Channels(channels.size(), most_calls),
                                 [](Channels* all) {
                                   if (!on_grpc_thread) {
                                     delete all;
                                     return;
                                   }
                                   std::thread([all] { delete all; }).detach();
                                 });
  for (size_t i = 0; i < channels.size(); ++i) {
    made->lines_[i].channel = channels[i];
    made->lines_[i].stub = v1::LookupService::NewStub(channels[i]);
  }
  return made;
}

Channels::Slot Channels::Take(const std::shared_ptr<Channels>& channels) {
  std::vector<Line>& lines = channels->lines_;
  size_t fewest = 0;
  for (size_t i = 0; i < lines.size(); ++i) {
    // A daemon with bounded connections may refuse a further one.
    const bool refused =
        lines[i].channel->GetState(false) == GRPC_CHANNEL_TRANSIENT_FAILURE;
    if (i > 0 && refused) continue;
    const size_t open = lines[i].open.load(std::memory_order_relaxed);
    if (open < channels->most_calls_) {
      fewest = i;
      break;
    }
    if (open < lines[fewest].open.load(std::memory_order_relaxed)) fewest = i;
  }
  // Another thread may take the last room at the same time. A call too many on
  // a connection waits; it does no harm.
  lines[fewest].open.fetch_add(1, std::memory_order_relaxed);
  return Slot(channels, fewest);
}

Channels::Slot::~Slot() {
  if (channels_ == nullptr) return;
  channels_->lines_[at_].open.fetch_sub(1, std::memory_order_relaxed);
}

v1::LookupService::Stub& Channels::Slot::operator*() const {
  return *channels_->lines_[at_].stub;
}

}  // namespace vtlookup
