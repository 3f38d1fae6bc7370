#include "server/reply.h"

#include <utility>

#include "google/protobuf/io/coded_stream.h"
#include "server/durations.h"
#include "server/errors.h"
#include "server/indicators.h"
#include "server/stored_verdict.h"

namespace vtlookup {
namespace {

using google::protobuf::io::CodedOutputStream;

// Below this a copy is cheaper than a slice of its own.
constexpr size_t kShareFrom = 1024;

void AppendVarint(uint32_t value, std::string* out) {
  uint8_t buffer[5];
  const uint8_t* const end =
      CodedOutputStream::WriteVarint32ToArray(value, buffer);
  out->append(reinterpret_cast<const char*>(buffer),
              static_cast<size_t>(end - buffer));
}

// Tag and length of a message field whose bytes follow.
void AppendFieldHead(int field, size_t size, std::string* out) {
  AppendVarint(static_cast<uint32_t>(field) << 3 | 2, out);
  AppendVarint(static_cast<uint32_t>(size), out);
}

// A LookupResponse in two parts: bytes of this call, then a part of the stored
// value. Both hold a `verdict`; on the wire they are merged.
struct Parts {
  std::string head;
  size_t stored_size = 0;

  size_t Size() const { return head.size() + stored_size; }
};

Parts Split(const Answer& answer, v1::View view) {
  v1::LookupResponse call;
  SetIndicator(answer.kind, answer.indicator,
               call.mutable_verdict()->mutable_indicator());
  call.set_source(answer.source);
  call.set_stale(answer.stale);
  if (answer.source != v1::SOURCE_LOCAL) {
    SetTimestamp(answer.entry.stored, call.mutable_fetch_time());
    SetTimestamp(answer.entry.fresh_until, call.mutable_expire_time());
  }
  Parts parts;
  parts.stored_size = answer.entry.value->size() - StoredVerdict::kHeader;
  if (view == v1::VIEW_SUMMARY) {
    const absl::StatusOr<StoredVerdict> head =
        StoredVerdict::Peek(*answer.entry.value);
    if (head.ok()) parts.stored_size = head->summary_size;
  }
  parts.head = call.SerializeAsString();
  AppendFieldHead(v1::LookupResponse::kVerdictFieldNumber, parts.stored_size,
                  &parts.head);
  return parts;
}

void AppendParts(const Parts& parts, const Bytes& value, ReplyBuilder* out) {
  out->Append(parts.head);
  out->AppendShared(value, StoredVerdict::kHeader, parts.stored_size);
}

}  // namespace

void ReplyBuilder::AppendShared(const Bytes& bytes, size_t offset,
                                size_t size) {
  if (size < kShareFrom) {
    own_.append(*bytes, offset, size);
    return;
  }
  if (!own_.empty()) Flush();
  // gRPC keeps the heap Bytes, and with it the value, until it has sent it.
  auto* const keep = new Bytes(bytes);
  slices_.emplace_back(
      const_cast<char*>(bytes->data() + offset), size,
      [](void* kept) { delete static_cast<Bytes*>(kept); }, keep);
}

void ReplyBuilder::Flush() {
  // An empty reply is still a message, and needs a slice.
  if (own_.empty() && !slices_.empty()) return;
  slices_.emplace_back(own_);
  own_.clear();
}

grpc::ByteBuffer ReplyBuilder::Build() {
  Flush();
  return {slices_.data(), slices_.size()};
}

grpc::ByteBuffer MakeReply(const Answer& answer, v1::View view) {
  ReplyBuilder builder;
  AppendParts(Split(answer, view), answer.entry.value, &builder);
  return builder.Build();
}

namespace {

// A LookupResult in a field of an outer message.
void AppendResultField(int field, const Answer& answer, v1::View view,
                       ReplyBuilder* out) {
  const Parts parts = Split(answer, view);
  std::string response;
  AppendFieldHead(v1::LookupResult::kResponseFieldNumber, parts.Size(),
                  &response);
  std::string head;
  AppendFieldHead(field, response.size() + parts.Size(), &head);
  out->Append(head);
  out->Append(response);
  AppendParts(parts, answer.entry.value, out);
}

void AppendResultField(int field, const absl::Status& failure,
                       ReplyBuilder* out) {
  v1::LookupResult result;
  *result.mutable_error() = ToRpcStatus(failure);
  const std::string bytes = result.SerializeAsString();
  std::string head;
  AppendFieldHead(field, bytes.size(), &head);
  out->Append(head);
  out->Append(bytes);
}

void AppendRequestId(uint64_t request_id, ReplyBuilder* out) {
  v1::StreamLookupResponse response;
  response.set_request_id(request_id);
  out->Append(response.SerializeAsString());
}

}  // namespace

void AppendResult(const Answer& answer, v1::View view, ReplyBuilder* out) {
  AppendResultField(v1::BatchLookupResponse::kResultsFieldNumber, answer, view,
                    out);
}

void AppendResult(const absl::Status& failure, ReplyBuilder* out) {
  AppendResultField(v1::BatchLookupResponse::kResultsFieldNumber, failure, out);
}

grpc::ByteBuffer MakeStreamReply(uint64_t request_id, const Answer& answer,
                                 v1::View view) {
  ReplyBuilder builder;
  AppendRequestId(request_id, &builder);
  AppendResultField(v1::StreamLookupResponse::kResultFieldNumber, answer, view,
                    &builder);
  return builder.Build();
}

grpc::ByteBuffer MakeStreamReply(uint64_t request_id,
                                 const absl::Status& failure) {
  ReplyBuilder builder;
  AppendRequestId(request_id, &builder);
  AppendResultField(v1::StreamLookupResponse::kResultFieldNumber, failure,
                    &builder);
  return builder.Build();
}

grpc::ByteBuffer MakeWatchReply(const Answer& answer, v1::View view) {
  const Parts parts = Split(answer, view);
  ReplyBuilder builder;
  std::string head;
  AppendFieldHead(v1::WatchLookupResponse::kResponseFieldNumber, parts.Size(),
                  &head);
  builder.Append(head);
  AppendParts(parts, answer.entry.value, &builder);
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
