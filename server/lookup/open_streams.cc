#include "server/lookup/open_streams.h"

#include "server/lookup/pending_stream.h"

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

// Leave is called under the lock, so that no stream is deleted meanwhile: the
// destructor, which runs on a thread of a queue, waits for the lock in Remove.
void OpenStreams::EndAll() {
  MutexLock lock(mu_);
  ended_ = true;
  for (PendingStream* const stream : streams_) stream->Leave();
}

}  // namespace vtlookup
