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

// Collects the bytes of a reply, or of a part of one.
class ReplyBuilder {
 public:
  void Reserve(size_t bytes) { own_.reserve(bytes); }
  void Append(std::string_view bytes) { own_.append(bytes); }
  void Append(ReplyBuilder other);
  // `part` of `bytes`, which is not copied: the reply keeps it alive until gRPC
  // has sent it.
  void Share(const Bytes& bytes, std::string_view part);

  size_t size() const { return own_.size() + shared_size_; }

  // Once, at the end.
  grpc::ByteBuffer Build();

 private:
  // Stands where `before` bytes of `own_` have been.
  struct Shared {
    size_t before;
    std::string_view part;
  };

  std::string own_;
  // One of each in a reply to one lookup.
  absl::InlinedVector<Shared, 1> shared_;
  absl::InlinedVector<Bytes, 1> kept_;  // what the parts lie in
  size_t shared_size_ = 0;              // of all parts
};

// A serialised LookupResponse.
grpc::ByteBuffer MakeReply(const AnswerView& answer, v1::View view);

// Appends an answer to a StreamLookupResponse: it is the only one, or, of
// several, one of `answers`. Messages with `answers` may be joined.
void AppendStreamAnswer(uint64_t request_id, const AnswerView& answer,
                        v1::View view, bool several, ReplyBuilder* out);
void AppendStreamAnswer(uint64_t request_id, const absl::Status& failure,
                        bool several, ReplyBuilder* out);

// A serialised WatchLookupResponse.
grpc::ByteBuffer MakeWatchReply(const AnswerView& answer, v1::View view);

// A SubmitUrlResponse; its verdict is not sent as it lies in the cache, since
// submissions are few.
grpc::ByteBuffer MakeSubmitReply(const Answer& answer);

// Appends one item of BatchLookupResponse.results.
void AppendResult(const AnswerView& answer, v1::View view, ReplyBuilder* out);
void AppendResult(const absl::Status& failure, ReplyBuilder* out);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_LOOKUP_REPLY_H_
