#ifndef VTLOOKUP_SERVER_LOOKUP_OUTBOX_H_
#define VTLOOKUP_SERVER_LOOKUP_OUTBOX_H_

#include <cstddef>
#include <deque>

#include "grpcpp/support/byte_buffer.h"

namespace vtlookup {

// The messages of a stream that wait to be written, in their order. Those that
// may be joined are, as far as they have come when one is taken: the slower the
// client, the fewer messages. One thread at a time.
class Outbox {
 public:
  // A joined message has no more bytes than this, unless one alone has.
  static constexpr size_t kJoined = 64U << 10;

  // `joinable`: the bytes may stand behind those of others that are.
  void Add(const grpc::ByteBuffer& message, bool joinable);

  bool empty() const { return waiting_.empty(); }
  size_t bytes() const { return bytes_; }  // of those that wait

  // The next, which is not there any more; there must be one.
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
