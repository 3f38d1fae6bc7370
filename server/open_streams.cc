#include "server/open_streams.h"

#include "server/pending_stream.h"

namespace vtlookup {

bool OpenStreams::Add(PendingStream* stream) {
  MutexLock lock(mu_);
  if (ended_) return false;
  streams_.insert(stream);
  return true;
}

void OpenStreams::Remove(PendingStream* stream) {
  MutexLock lock(mu_);
  streams_.erase(stream);
}

// Under the lock, so that none is deleted meanwhile. gRPC never runs OnDone,
// which removes a stream, from within Finish.
void OpenStreams::EndAll() {
  MutexLock lock(mu_);
  ended_ = true;
  for (PendingStream* const stream : streams_) stream->Leave();
}

}  // namespace vtlookup
