#ifndef VTLOOKUP_SERVER_LOOKUP_OUTBOX_H_
#define VTLOOKUP_SERVER_LOOKUP_OUTBOX_H_

#include <cstddef>
#include <deque>

#include "grpcpp/support/byte_buffer.h"

namespace vtlookup {

// The messages of a stream that wait to be written, in their order. Take joins
// neighbours that may be joined into one message, so that a slow client gets
// fewer and larger messages. One thread at a time.
class Outbox {
 public:
  // The largest joined message, in bytes. A single message may be larger.
  static constexpr size_t kJoined = 64U << 10;

  // `joinable`: the bytes of this message and of joinable neighbours make a
  // valid message when they are put one behind the other.
  void Add(const grpc::ByteBuffer& message, bool joinable);

  bool empty() const { return waiting_.empty(); }
  size_t bytes() const { return bytes_; }  // of all messages that wait

  // Removes and returns the next message. REQUIRES: !empty().
  grpc::ByteBuffer Take();

  void Clear();

 private:
  struct Waiting {
    grpc::ByteBuffer message;
    bool joinable;
  };
  grpc::ByteBuffer TakeOne();

  std::deque<Waiting> waiting_;
  size_t bytes_ = 0;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_LOOKUP_OUTBOX_H_
