#include "server/lookup/reply.h"

#include <algorithm>
#include <atomic>
#include <iterator>
#include <utility>

#include "core/raw_report.h"
#include "google/protobuf/io/coded_stream.h"
#include "server/proto/indicator_fields.h"
#include "server/proto/times.h"
#include "server/transport/grpc_status.h"
#include "server/verdicts/stored_verdict.h"

namespace vtlookup {
namespace {

using google::protobuf::io::CodedOutputStream;

// A stored value of at least this size is shared with the cache; copying a
// smaller one is cheaper than a slice of its own (docs/performance.md).
constexpr size_t kShareFrom = 2048;
// A text of at least this size is moved into its slice; a smaller one is
// copied.
constexpr size_t kMoveFrom = 2048;

// Writes serialised fields, one after the other, into a small buffer.
template <size_t kSize>
class Fields {
 public:
  void Varint(int field, uint64_t value) {
    Number(static_cast<uint32_t>(field) << 3);
    Number(value);
  }
  // Writes tag and length of a field; its bytes must follow.
  void Head(int field, size_t size) {
    Number(static_cast<uint32_t>(field) << 3 | 2);
    Number(size);
  }
  // Writes whole microseconds, because the times of entries are whole
  // microseconds. An answer has two times, which are a tenth of the work of a
  // lookup in a batch. So nothing is computed twice: the length takes one byte,
  // which is filled in at the end.
  void Timestamp(int field, absl::Time time) {
    using Message = google::protobuf::Timestamp;
    const int64_t micros = absl::ToUnixMicros(time);
    const int64_t part = ((micros % 1'000'000) + 1'000'000) % 1'000'000;
    Head(field, 0);
    const size_t begin = size_;
    if (micros - part != 0) {
      Varint(Message::kSecondsFieldNumber,
             static_cast<uint64_t>((micros - part) / 1'000'000));
    }
    if (part != 0) {
      Varint(Message::kNanosFieldNumber, static_cast<uint64_t>(part * 1000));
    }
    bytes_[begin - 1] = static_cast<char>(size_ - begin);
  }
  void Append(std::string_view bytes) {
    std::copy(bytes.begin(), bytes.end(), bytes_ + size_);
    size_ += bytes.size();
  }

  std::string_view view() const { return {bytes_, size_}; }

 private:
  // Writes a varint. Protobuf's own function is not inlined.
  void Number(uint64_t value) {
    while (value >= 0x80) {
      bytes_[size_++] = static_cast<char>(value | 0x80);
      value >>= 7;
    }
    bytes_[size_++] = static_cast<char>(value);
  }

  char bytes_[kSize];
  size_t size_ = 0;
};

size_t HeadSize(size_t size) {
  return 1 + CodedOutputStream::VarintSize32(static_cast<uint32_t>(size));
}

// A serialised LookupResponse in four parts: the tags and lengths before the
// indicator, the indicator, the fields for this call, and the stored value. The
// first and the last part each hold a `verdict` field; a parser merges the two.
struct Parts {
  Fields<32> before;
  std::string_view indicator;
  Fields<80> after;
  std::string_view stored;
  // With VIEW_RAW, two further fields.
  Fields<24> before_raw;
  std::string_view raw;

  size_t Size() const {
    return before.view().size() + indicator.size() + after.view().size() +
           stored.size() + before_raw.view().size() + raw.size();
  }
};

Parts Split(const AnswerView& answer, v1::View view) {
  using Response = v1::LookupResponse;
  Parts parts;
  parts.indicator = answer.indicator;
  const size_t text =
      HeadSize(answer.indicator.size()) + answer.indicator.size();
  parts.before.Head(Response::kVerdictFieldNumber, HeadSize(text) + text);
  parts.before.Head(v1::Verdict::kIndicatorFieldNumber, text);
  parts.before.Head(FieldOf(answer.kind), answer.indicator.size());
  parts.after.Varint(Response::kSourceFieldNumber,
                     static_cast<uint64_t>(answer.source));
  if (answer.stale) parts.after.Varint(Response::kStaleFieldNumber, 1);
  if (answer.source != v1::SOURCE_LOCAL) {
    parts.after.Timestamp(Response::kFetchTimeFieldNumber, answer.entry.stored);
    parts.after.Timestamp(Response::kExpireTimeFieldNumber,
                          answer.entry.fresh_until);
  }
  parts.stored = view == v1::VIEW_SUMMARY
                     ? answer.summary
                     : std::string_view(*answer.entry.value);
  parts.stored.remove_prefix(StoredVerdict::kHeader);
  parts.after.Head(Response::kVerdictFieldNumber, parts.stored.size());
  if (view == v1::VIEW_RAW && answer.raw != nullptr) {
    const std::string_view raw = **answer.raw;
    parts.before_raw.Head(Response::kRawApiFieldNumber, ApiOfRaw(raw).size());
    parts.before_raw.Append(ApiOfRaw(raw));
    parts.raw = JsonOfRaw(raw);
    parts.before_raw.Head(Response::kRawFieldNumber, parts.raw.size());
  }
  return parts;
}

bool IsShared(std::string_view part) { return part.size() >= kShareFrom; }

void ShareOrAppend(const Bytes& bytes, std::string_view part,
                   ReplyBuilder* out) {
  if (IsShared(part)) {
    out->Share(bytes, part);
  } else {
    out->Append(part);
  }
}

void AppendParts(const Parts& parts, const AnswerView& answer,
                 ReplyBuilder* out) {
  out->Append(parts.before.view());
  out->Append(parts.indicator);
  out->Append(parts.after.view());
  ShareOrAppend(answer.entry.value, parts.stored, out);
  if (parts.raw.empty()) return;
  out->Append(parts.before_raw.view());
  ShareOrAppend(*answer.raw, parts.raw, out);
}

// Keeps the values in which the parts of a reply lie, until gRPC has released
// the last part. There is one object for the whole reply, because one for each
// part would make a batch of 1,000 full verdicts a tenth slower
// (docs/performance.md).
class Kept {
 public:
  Kept(size_t parts, absl::InlinedVector<Bytes, 1> values)
      : left_(parts), values_(std::move(values)) {}

  // gRPC calls this once for each part, on any thread.
  static void Release(void* kept) {
    auto* const self = static_cast<Kept*>(kept);
    if (self->left_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete self;
  }

 private:
  std::atomic<size_t> left_;
  const absl::InlinedVector<Bytes, 1> values_;
};

grpc::Slice SliceOf(std::string text) {
  if (text.size() < kMoveFrom) return grpc::Slice(text);
  auto* const keep = new std::string(std::move(text));
  return {keep->data(), keep->size(),
          [](void* kept) { delete static_cast<std::string*>(kept); }, keep};
}

}  // namespace

void ReplyBuilder::Share(const Bytes& bytes, std::string_view part) {
  shared_.push_back({own_.size(), part});
  kept_.push_back(bytes);
  shared_size_ += part.size();
}

void ReplyBuilder::Append(ReplyBuilder other) {
  if (size() == 0) {
    *this = std::move(other);
    return;
  }
  for (const Shared& shared : other.shared_) {
    shared_.push_back({own_.size() + shared.before, shared.part});
  }
  std::move(other.kept_.begin(), other.kept_.end(), std::back_inserter(kept_));
  own_.append(other.own_);
  shared_size_ += other.shared_size_;
}

grpc::ByteBuffer ReplyBuilder::Build() {
  const grpc::Slice own = SliceOf(std::move(own_));
  if (shared_.empty()) return {&own, 1};
  auto* const kept = new Kept(shared_.size(), std::move(kept_));
  absl::InlinedVector<grpc::Slice, 4> slices;
  slices.reserve(2 * shared_.size() + 1);
  size_t done = 0;
  const auto own_until = [&](size_t end) {
    if (end > done) slices.push_back(own.sub(done, end));
    done = end;
  };
  for (const Shared& shared : shared_) {
    own_until(shared.before);
    slices.emplace_back(const_cast<char*>(shared.part.data()),
                        shared.part.size(), &Kept::Release, kept);
  }
  own_until(own.size());
  return {slices.data(), slices.size()};
}

grpc::ByteBuffer MakeReply(const AnswerView& answer, v1::View view) {
  const Parts parts = Split(answer, view);
  ReplyBuilder builder;
  builder.Reserve(parts.Size() -
                  (IsShared(parts.stored) ? parts.stored.size() : 0) -
                  (IsShared(parts.raw) ? parts.raw.size() : 0));
  AppendParts(parts, answer, &builder);
  return builder.Build();
}

namespace {

// Appends a LookupResult. `heads`: its own tag and length, and those of the
// messages around it.
void AppendResultParts(Fields<64> heads, const Parts& parts,
                       const AnswerView& answer, ReplyBuilder* out) {
  heads.Head(v1::LookupResult::kResponseFieldNumber, parts.Size());
  out->Append(heads.view());
  AppendParts(parts, answer, out);
}

std::string SerialisedResult(const absl::Status& failure) {
  v1::LookupResult result;
  *result.mutable_error() = ToRpcStatus(failure);
  return result.SerializeAsString();
}

// Returns the bytes before a LookupResult of `size` bytes in a
// StreamLookupResponse or, if `several`, in an element of its `answers`. The
// two messages have the same fields.
Fields<64> StreamHead(uint64_t request_id, size_t size, bool several) {
  using Response = v1::StreamLookupResponse;
  static_assert(+Response::kRequestIdFieldNumber ==
                +Response::Answer::kRequestIdFieldNumber);
  static_assert(+Response::kResultFieldNumber ==
                +Response::Answer::kResultFieldNumber);
  Fields<64> inner;
  if (request_id != 0) {
    inner.Varint(Response::kRequestIdFieldNumber, request_id);
  }
  inner.Head(Response::kResultFieldNumber, size);
  if (!several) return inner;
  Fields<64> outer;
  outer.Head(Response::kAnswersFieldNumber, inner.view().size() + size);
  outer.Append(inner.view());
  return outer;
}

}  // namespace

void AppendResult(const AnswerView& answer, v1::View view, ReplyBuilder* out) {
  const Parts parts = Split(answer, view);
  Fields<64> head;
  head.Head(v1::BatchLookupResponse::kResultsFieldNumber,
            HeadSize(parts.Size()) + parts.Size());
  AppendResultParts(head, parts, answer, out);
}

void AppendResult(const absl::Status& failure, ReplyBuilder* out) {
  const std::string result = SerialisedResult(failure);
  Fields<16> head;
  head.Head(v1::BatchLookupResponse::kResultsFieldNumber, result.size());
  out->Append(head.view());
  out->Append(result);
}

void AppendStreamAnswer(uint64_t request_id, const AnswerView& answer,
                        v1::View view, bool several, ReplyBuilder* out) {
  const Parts parts = Split(answer, view);
  const size_t size = HeadSize(parts.Size()) + parts.Size();
  AppendResultParts(StreamHead(request_id, size, several), parts, answer, out);
}

void AppendStreamAnswer(uint64_t request_id, const absl::Status& failure,
                        bool several, ReplyBuilder* out) {
  const std::string result = SerialisedResult(failure);
  out->Append(StreamHead(request_id, result.size(), several).view());
  out->Append(result);
}

grpc::ByteBuffer MakeWatchReply(const AnswerView& answer, v1::View view) {
  const Parts parts = Split(answer, view);
  ReplyBuilder builder;
  Fields<16> head;
  head.Head(v1::WatchLookupResponse::kResponseFieldNumber, parts.Size());
  builder.Append(head.view());
  AppendParts(parts, answer, &builder);
  return builder.Build();
}

grpc::ByteBuffer MakeSubmitReply(const Answer& answer) {
  v1::SubmitUrlResponse response;
  v1::Verdict* const verdict = response.mutable_verdict();
  *verdict = DecodeVerdict(*answer.entry.value);
  SetIndicator(answer.kind, answer.indicator, verdict->mutable_indicator());
  const grpc::Slice slice(response.SerializeAsString());
  return grpc::ByteBuffer(&slice, 1);
}

}  // namespace vtlookup
