#ifndef VTLOOKUP_VTLOOKUP_CHANNELS_H_
#define VTLOOKUP_VTLOOKUP_CHANNELS_H_

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "grpcpp/channel.h"
#include "vtlookup/v1/lookup.grpc.pb.h"

namespace vtlookup {

// The channels of a client, and how many of its calls are open on each. A call
// takes the first channel that has room, so a further connection is opened only
// when those before it are full. Thread-safe.
class Channels {
 public:
  // Counts one call on one channel, from Take until its destruction.
  class Slot {
   public:
    Slot(Slot&&) = default;
    Slot& operator=(Slot&&) = delete;
    ~Slot();
    v1::LookupService::Stub& operator*() const;
    v1::LookupService::Stub* operator->() const { return &**this; }

   private:
    friend class Channels;
    Slot(std::shared_ptr<Channels> channels, size_t at)
        : channels_(std::move(channels)), at_(at) {}

    std::shared_ptr<Channels> channels_;  // null after a move
    size_t at_;
  };

  // `channels` has at least one; each has room for `most_calls` calls. May be
  // destroyed on any thread, also on those of gRPC.
  static std::shared_ptr<Channels> Make(
      const std::vector<std::shared_ptr<grpc::Channel>>& channels,
      size_t most_calls);

  // Takes the first channel that has room; if none has, the one with the fewest
  // calls. Leaves out channels other than the first that cannot connect.
  static Slot Take(const std::shared_ptr<Channels>& channels);

  // Says that the calling thread is one of gRPC's own. A function that gRPC
  // calls when a call has ended must call it first: otherwise such a thread may
  // destroy the last channel, and gRPC then waits for the thread itself.
  static void NoteGrpcThread();

 private:
  struct Line {
    std::shared_ptr<grpc::Channel> channel;
    std::unique_ptr<v1::LookupService::Stub> stub;
    std::atomic<size_t> open = 0;
  };

  Channels(size_t count, size_t most_calls)
      : lines_(count), most_calls_(most_calls) {}

  std::vector<Line> lines_;
  const size_t most_calls_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_VTLOOKUP_CHANNELS_H_
