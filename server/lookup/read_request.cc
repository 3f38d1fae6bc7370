#include "server/lookup/read_request.h"

#include <optional>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/wire_format_lite.h"
#include "server/transport/grpc_status.h"

namespace vtlookup {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

// A field whose tag has been read; `in` stands behind the tag.
struct Field {
  uint32_t tag;
  CodedInputStream* in;

  int number() const { return WireFormatLite::GetTagFieldNumber(tag); }
  bool Is(int wanted, WireFormatLite::WireType type) const {
    return number() == wanted && WireFormatLite::GetTagWireType(tag) == type;
  }
  bool IsBytes(int wanted) const {
    return Is(wanted, WireFormatLite::WIRETYPE_LENGTH_DELIMITED);
  }
  bool IsVarint(int wanted) const {
    return Is(wanted, WireFormatLite::WIRETYPE_VARINT);
  }
  bool Skip() const { return WireFormatLite::SkipField(in, tag); }
};

// Makes `out` a view of the bytes of the field, without copying them.
bool ReadBytes(const Field& field, std::string_view* out) {
  uint32_t size = 0;
  if (!field.in->ReadVarint32(&size)) return false;
  const void* data = nullptr;
  int left = 0;
  if (size > 0 && (!field.in->GetDirectBufferPointer(&data, &left) ||
                   static_cast<uint32_t>(left) < size)) {
    return false;
  }
  *out = {static_cast<const char*>(data), size};
  return field.in->Skip(static_cast<int>(size));
}

// Calls `read` for each field of a message; `read` must read or skip it. False
// when the bytes are no message.
bool ReadMessage(std::string_view bytes,
                 absl::FunctionRef<bool(const Field& field)> read) {
  CodedInputStream in(reinterpret_cast<const uint8_t*>(bytes.data()),
                      static_cast<int>(bytes.size()));
  while (const uint32_t tag = in.ReadTag()) {
    if (!read(Field{tag, &in})) return false;
  }
  return in.ConsumedEntireMessage();
}

// Reads an Indicator. Of several values the last one counts, as in protobuf.
bool ReadIndicator(const Field& field, RawIndicator* out) {
  std::string_view bytes;
  return ReadBytes(field, &bytes) &&
         ReadMessage(bytes, [out](const Field& each) {
           const std::optional<Kind> kind = KindOfField(each.number());
           if (!kind.has_value() || !each.IsBytes(each.number())) {
             return each.Skip();
           }
           out->kind = *kind;
           return ReadBytes(each, &out->text);
         });
}

bool ReadOptions(const Field& field, v1::LookupOptions* out) {
  std::string_view bytes;
  return ReadBytes(field, &bytes) &&
         out->MergeFromString({bytes.data(), bytes.size()});
}

bool ReadId(const Field& field, uint64_t* out) {
  return WireFormatLite::ReadPrimitive<uint64_t, WireFormatLite::TYPE_UINT64>(
      field.in, out);
}

bool ReadItem(const Field& field, RawIndicator* indicator,
              uint64_t* request_id) {
  using Item = v1::StreamLookupRequest::Item;
  std::string_view bytes;
  return ReadBytes(field, &bytes) && ReadMessage(bytes, [&](const Field& each) {
           if (each.IsBytes(Item::kIndicatorFieldNumber)) {
             return ReadIndicator(each, indicator);
           }
           if (each.IsVarint(Item::kRequestIdFieldNumber)) {
             return ReadId(each, request_id);
           }
           return each.Skip();
         });
}

absl::Status Read(const grpc::ByteBuffer& request, LookupBatch* asked,
                  absl::FunctionRef<bool(const Field& field)> read) {
  // The bytes are needed in one piece. They are copied only if they came in
  // several.
  const bool whole = request.TrySingleSlice(&asked->bytes).ok() ||
                     request.DumpToSingleSlice(&asked->bytes).ok();
  if (whole && ReadMessage({reinterpret_cast<const char*>(asked->bytes.begin()),
                            asked->bytes.size()},
                           read)) {
    return absl::OkStatus();
  }
  return BadField("request",
                  "the bytes are not a valid message of this method");
}

}  // namespace

absl::Status ReadLookup(const grpc::ByteBuffer& request, LookupBatch* asked) {
  using Message = v1::LookupRequest;
  RawIndicator& indicator = asked->indicators.emplace_back();
  return Read(request, asked, [&](const Field& field) {
    if (field.IsBytes(Message::kIndicatorFieldNumber)) {
      return ReadIndicator(field, &indicator);
    }
    if (field.IsBytes(Message::kOptionsFieldNumber)) {
      return ReadOptions(field, &asked->options);
    }
    return field.Skip();
  });
}

absl::Status ReadBatch(const grpc::ByteBuffer& request, LookupBatch* asked) {
  using Message = v1::BatchLookupRequest;
  return Read(request, asked, [&](const Field& field) {
    if (field.IsBytes(Message::kIndicatorsFieldNumber)) {
      return ReadIndicator(field, &asked->indicators.emplace_back());
    }
    if (field.IsBytes(Message::kOptionsFieldNumber)) {
      return ReadOptions(field, &asked->options);
    }
    return field.Skip();
  });
}

absl::Status ReadStreamItems(const grpc::ByteBuffer& request,
                             LookupBatch* asked) {
  using Message = v1::StreamLookupRequest;
  RawIndicator alone;
  uint64_t its_id = 0;
  bool is_set = false;
  absl::Status status = Read(request, asked, [&](const Field& field) {
    if (field.IsBytes(Message::kItemsFieldNumber)) {
      asked->several = true;
      return ReadItem(field, &asked->indicators.emplace_back(),
                      &asked->request_ids.emplace_back());
    }
    if (field.IsBytes(Message::kIndicatorFieldNumber)) {
      is_set = true;
      return ReadIndicator(field, &alone);
    }
    if (field.IsVarint(Message::kRequestIdFieldNumber)) {
      return ReadId(field, &its_id);
    }
    if (field.IsBytes(Message::kOptionsFieldNumber)) {
      return ReadOptions(field, &asked->options);
    }
    return field.Skip();
  });
  if (is_set || !asked->several) {
    asked->indicators.push_back(alone);
    asked->request_ids.push_back(its_id);
  }
  return status;
}

}  // namespace vtlookup
