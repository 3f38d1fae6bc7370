#ifndef VTLOOKUP_SERVER_LOOKUP_REPLY_H_
#define VTLOOKUP_SERVER_LOOKUP_REPLY_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "cache/entry.h"
#include "grpcpp/support/byte_buffer.h"
#include "server/verdicts/answer.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup {

// Collects the bytes of a reply, or of a part of one. One thread at a time.
class ReplyBuilder {
 public:
  void Reserve(size_t bytes) { own_.reserve(bytes); }
  void Append(std::string_view bytes) { own_.append(bytes); }
  void Append(ReplyBuilder other);
  // Appends `part`, which lies in `bytes`, without copying it. The reply keeps
  // `bytes` alive until gRPC has sent it.
  void Share(const Bytes& bytes, std::string_view part);

  size_t size() const { return own_.size() + shared_size_; }

  // Returns the reply. Call it once, as the last function.
  grpc::ByteBuffer Build();

 private:
  // A part of the reply that is not copied. It comes after the first `before`
  // bytes of `own_`.
  struct Shared {
    size_t before;
    std::string_view part;
  };

  std::string own_;
  // A reply to a single lookup has at most one element in each.
  absl::InlinedVector<Shared, 1> shared_;
  absl::InlinedVector<Bytes, 1> kept_;  // the values in which the parts lie
  size_t shared_size_ = 0;              // of all parts
};

// The functions below are thread-safe. A large verdict is shared with the
// cache, not copied.

// Returns a serialised LookupResponse.
grpc::ByteBuffer MakeReply(const AnswerView& answer, v1::View view);

// Append an answer to a serialised StreamLookupResponse. If `several`, it
// becomes an element of `answers`, otherwise it is the only answer of the
// message. The bytes of messages that have `answers` only may be joined.
void AppendStreamAnswer(uint64_t request_id, const AnswerView& answer,
                        v1::View view, bool several, ReplyBuilder* out);
void AppendStreamAnswer(uint64_t request_id, const absl::Status& failure,
                        bool several, ReplyBuilder* out);

// Returns a serialised WatchLookupResponse.
grpc::ByteBuffer MakeWatchReply(const AnswerView& answer, v1::View view);

// Returns a serialised SubmitUrlResponse. Copies the verdict, because
// submissions are few.
grpc::ByteBuffer MakeSubmitReply(const Answer& answer);

// Append an element of BatchLookupResponse.results.
void AppendResult(const AnswerView& answer, v1::View view, ReplyBuilder* out);
void AppendResult(const absl::Status& failure, ReplyBuilder* out);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_LOOKUP_REPLY_H_
