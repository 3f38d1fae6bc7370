#include "server/read_request.h"

#include <string_view>

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"
#include "server/errors.h"

namespace vtlookup {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

// Where things are in a request; 0: nowhere.
struct Fields {
  int request_id;
  int indicator;
  int options;
  bool many;  // indicators
};

bool IsBytes(uint32_t tag) {
  return WireFormatLite::GetTagWireType(tag) ==
         WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
}

// The bytes of a field whose tag has been read; they stay where they are.
bool ReadBytes(CodedInputStream* in, std::string_view* out) {
  uint32_t size = 0;
  if (!in->ReadVarint32(&size)) return false;
  const void* data = nullptr;
  int left = 0;
  if (size > 0 && (!in->GetDirectBufferPointer(&data, &left) ||
                   static_cast<uint32_t>(left) < size)) {
    return false;
  }
  *out = {static_cast<const char*>(data), size};
  return in->Skip(static_cast<int>(size));
}

CodedInputStream StreamOver(std::string_view bytes) {
  return CodedInputStream(reinterpret_cast<const uint8_t*>(bytes.data()),
                          static_cast<int>(bytes.size()));
}

// An Indicator; the last of its values counts, as protobuf has it.
bool ReadIndicator(std::string_view bytes, AskedText* out) {
  CodedInputStream in = StreamOver(bytes);
  while (const uint32_t tag = in.ReadTag()) {
    const std::optional<Kind> kind =
        KindOfField(WireFormatLite::GetTagFieldNumber(tag));
    if (kind.has_value() && IsBytes(tag)) {
      out->kind = *kind;
      if (!ReadBytes(&in, &out->text)) return false;
    } else if (!WireFormatLite::SkipField(&in, tag)) {
      return false;
    }
  }
  return in.ConsumedEntireMessage();
}

bool ReadField(const Fields& fields, uint32_t tag, CodedInputStream* in,
               LookupsAsked* out) {
  const int field = WireFormatLite::GetTagFieldNumber(tag);
  std::string_view bytes;
  if (field == fields.indicator && IsBytes(tag)) {
    if (!ReadBytes(in, &bytes)) return false;
    if (fields.many) out->indicators.emplace_back();
    return ReadIndicator(bytes, &out->indicators.back());
  }
  if (field == fields.options && IsBytes(tag)) {
    return ReadBytes(in, &bytes) &&
           out->options.MergeFromString({bytes.data(), bytes.size()});
  }
  if (field == fields.request_id && !IsBytes(tag)) {
    return WireFormatLite::ReadPrimitive<uint64_t, WireFormatLite::TYPE_UINT64>(
        in, &out->request_id);
  }
  return WireFormatLite::SkipField(in, tag);
}

absl::Status Read(const grpc::ByteBuffer& request, const Fields& fields,
                  LookupsAsked* asked) {
  // The bytes in one piece: shared where they came so, else copied once.
  bool good = request.TrySingleSlice(&asked->bytes).ok() ||
              request.DumpToSingleSlice(&asked->bytes).ok();
  if (!fields.many) asked->indicators.emplace_back();
  CodedInputStream in =
      StreamOver({reinterpret_cast<const char*>(asked->bytes.begin()),
                  asked->bytes.size()});
  while (good) {
    const uint32_t tag = in.ReadTag();
    if (tag == 0) {
      good = in.ConsumedEntireMessage();
      break;
    }
    good = ReadField(fields, tag, &in, asked);
  }
  if (good) return absl::OkStatus();
  return BadField("request", "not a serialised message of this method");
}

}  // namespace

absl::Status ReadLookup(const grpc::ByteBuffer& request, LookupsAsked* asked) {
  using Message = v1::LookupRequest;
  return Read(request,
              {.request_id = 0,
               .indicator = Message::kIndicatorFieldNumber,
               .options = Message::kOptionsFieldNumber,
               .many = false},
              asked);
}

absl::Status ReadBatch(const grpc::ByteBuffer& request, LookupsAsked* asked) {
  using Message = v1::BatchLookupRequest;
  return Read(request,
              {.request_id = 0,
               .indicator = Message::kIndicatorsFieldNumber,
               .options = Message::kOptionsFieldNumber,
               .many = true},
              asked);
}

absl::Status ReadStreamItem(const grpc::ByteBuffer& request,
                            LookupsAsked* asked) {
  using Message = v1::StreamLookupRequest;
  return Read(request,
              {.request_id = Message::kRequestIdFieldNumber,
               .indicator = Message::kIndicatorFieldNumber,
               .options = Message::kOptionsFieldNumber,
               .many = false},
              asked);
}

}  // namespace vtlookup
