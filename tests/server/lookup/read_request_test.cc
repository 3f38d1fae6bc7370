#include "server/lookup/read_request.h"

#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/failure.h"

namespace vtlookup {
namespace {

template <typename Message>
std::string Bytes(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message))
      << text;
  return message.SerializeAsString();
}

grpc::ByteBuffer Buffer(const std::string& bytes, size_t slices = 1) {
  std::vector<grpc::Slice> parts;
  const size_t size = bytes.size() / slices + 1;
  for (size_t at = 0; at < bytes.size() || at == 0; at += size) {
    parts.emplace_back(bytes.substr(at, size));
  }
  return {parts.data(), parts.size()};
}

// What was asked, written down for comparisons.
std::string Shown(Kind kind, std::string_view text, uint64_t id = 0) {
  return std::to_string(static_cast<int>(kind)) + " " + std::string(text) +
         " " + std::to_string(id) + "\n";
}
std::string Shown(const v1::Indicator& indicator, uint64_t id = 0) {
  const RawIndicator text = RawIndicatorOf(indicator);
  return Shown(text.kind, text.text, id);
}
std::string Shown(const LookupBatch& asked) {
  std::string out;
  for (size_t i = 0; i < asked.indicators.size(); ++i) {
    out += Shown(asked.indicators[i].kind, asked.indicators[i].text,
                 asked.request_ids.empty() ? 0 : asked.request_ids[i]);
  }
  return out + (asked.several ? "several " : "") +
         asked.options.SerializeAsString();
}

// How protobuf itself reads the bytes; false when it does not.
bool Parsed(const std::string& bytes, v1::LookupRequest*, std::string* shown) {
  v1::LookupRequest message;
  if (!message.ParseFromString(bytes)) return false;
  *shown = Shown(message.indicator()) + message.options().SerializeAsString();
  return true;
}
bool Parsed(const std::string& bytes, v1::BatchLookupRequest*,
            std::string* shown) {
  v1::BatchLookupRequest message;
  if (!message.ParseFromString(bytes)) return false;
  for (const auto& each : message.indicators()) *shown += Shown(each);
  *shown += message.options().SerializeAsString();
  return true;
}
bool Parsed(const std::string& bytes, v1::StreamLookupRequest*,
            std::string* shown) {
  v1::StreamLookupRequest message;
  if (!message.ParseFromString(bytes)) return false;
  for (const auto& each : message.items()) {
    *shown += Shown(each.indicator(), each.request_id());
  }
  // The one beside them is the last.
  if (message.has_indicator() || message.items().empty()) {
    *shown += Shown(message.indicator(), message.request_id());
  }
  *shown += (message.items().empty() ? "" : "several ") +
            message.options().SerializeAsString();
  return true;
}

absl::Status Read(const grpc::ByteBuffer& bytes, v1::LookupRequest*,
                  LookupBatch* asked) {
  return ReadLookup(bytes, asked);
}
absl::Status Read(const grpc::ByteBuffer& bytes, v1::BatchLookupRequest*,
                  LookupBatch* asked) {
  return ReadBatch(bytes, asked);
}
absl::Status Read(const grpc::ByteBuffer& bytes, v1::StreamLookupRequest*,
                  LookupBatch* asked) {
  return ReadStreamItems(bytes, asked);
}

constexpr char kOptions[] =
    "options {view: VIEW_SUMMARY max_age {seconds: 300} "
    "submit_missing_url: false}";

// A message of each shape.
template <typename Message>
std::vector<std::string> Samples();
template <>
std::vector<std::string> Samples<v1::LookupRequest>() {
  const std::string options = kOptions;
  return {"",
          "indicator {}",
          "indicator {url: 'http://a.com/?q=1'} " + options,
          "indicator {domain: 'a.com'}",
          "indicator {ip: '8.8.8.8'}",
          "indicator {file_hash: 'd41d8cd98f00b204e9800998ecf8427e'}",
          "indicator {url_scan_id: 'x-1'} options {}"};
}
template <>
std::vector<std::string> Samples<v1::BatchLookupRequest>() {
  const std::string options = kOptions;
  return {"", options,
          options +
              "indicators {url: 'a.com'} indicators {} "
              "indicators {ip: '::1'} indicators {domain: ''}"};
}
template <>
std::vector<std::string> Samples<v1::StreamLookupRequest>() {
  const std::string options = kOptions;
  return {"", "request_id: 77", "request_id: 300 indicator {ip: '::1'}",
          options +
              "items {request_id: 18446744073709551615 "
              "indicator {url: 'a.com'}} items {}",
          options +
              "request_id: 5 indicator {domain: 'b.com'} "
              "items {indicator {ip: '::1'} request_id: 6}"};
}

template <typename Message>
class ReadRequest : public testing::Test {
 protected:
  // Reads `bytes` in both ways. Whatever protobuf reads, we read alike.
  void Compare(const std::string& bytes, const std::string& what) {
    Message* const type = nullptr;
    LookupBatch asked;
    const absl::Status status = Read(Buffer(bytes), type, &asked);
    std::string expected;
    if (!Parsed(bytes, type, &expected)) return;
    EXPECT_TRUE(status.ok()) << what << ": " << status;
    EXPECT_EQ(Shown(asked), expected) << what;
  }
};

using Messages = testing::Types<v1::LookupRequest, v1::BatchLookupRequest,
                                v1::StreamLookupRequest>;
TYPED_TEST_SUITE(ReadRequest, Messages);

TYPED_TEST(ReadRequest, AsProtobufDoes) {
  for (const std::string& sample : Samples<TypeParam>()) {
    this->Compare(Bytes<TypeParam>(sample), sample);
  }
}

TYPED_TEST(ReadRequest, InAsManyPiecesAsItComes) {
  for (const std::string& sample : Samples<TypeParam>()) {
    const std::string bytes = Bytes<TypeParam>(sample);
    std::string expected;
    ASSERT_TRUE(Parsed(bytes, static_cast<TypeParam*>(nullptr), &expected));
    for (const size_t slices : {2, 3, 50}) {
      LookupBatch asked;
      ASSERT_TRUE(
          Read(Buffer(bytes, slices), static_cast<TypeParam*>(nullptr), &asked)
              .ok());
      EXPECT_EQ(Shown(asked), expected) << sample;
    }
  }
}

// Joined messages are one message: what stands twice is merged.
TYPED_TEST(ReadRequest, WhatStandsTwiceAsProtobufDoes) {
  for (const std::string& a : Samples<TypeParam>()) {
    for (const std::string& b : Samples<TypeParam>()) {
      this->Compare(Bytes<TypeParam>(a) + Bytes<TypeParam>(b), a + " " + b);
    }
  }
}

TYPED_TEST(ReadRequest, PassesOverFieldsOfTheFuture) {
  // Field 100 of each wire type: varint, 64 bits, bytes, 32 bits.
  for (const std::string& field : {std::string("\xa0\x06\x05", 3),
                                   std::string("\xa1\x06\0\0\0\0\0\0\0\0", 10),
                                   std::string("\xa2\x06\x03xyz", 6),
                                   std::string("\xa5\x06\0\0\0\0", 6)}) {
    for (const std::string& sample : Samples<TypeParam>()) {
      this->Compare(field + Bytes<TypeParam>(sample), sample);
      this->Compare(Bytes<TypeParam>(sample) + field, sample);
    }
  }
}

TYPED_TEST(ReadRequest, DamagedBytesAsProtobufDoesIfItReadsThem) {
  const google::protobuf::LogSilencer silencer;  // of what is not UTF-8
  for (const std::string& sample : Samples<TypeParam>()) {
    const std::string bytes = Bytes<TypeParam>(sample);
    for (size_t at = 0; at < bytes.size(); ++at) {
      for (int value = 0; value < 256; ++value) {
        std::string damaged = bytes;
        damaged[at] = static_cast<char>(value);
        this->Compare(damaged, sample + ", byte " + std::to_string(at) +
                                   " is " + std::to_string(value));
      }
    }
  }
}

TYPED_TEST(ReadRequest, HalfAMessageIsNone) {
  for (const std::string& sample : Samples<TypeParam>()) {
    const std::string bytes = Bytes<TypeParam>(sample);
    for (size_t size = 0; size < bytes.size(); ++size) {
      const std::string part = bytes.substr(0, size);
      std::string expected;
      const bool is_message =
          Parsed(part, static_cast<TypeParam*>(nullptr), &expected);
      LookupBatch asked;
      const absl::Status status =
          Read(Buffer(part), static_cast<TypeParam*>(nullptr), &asked);
      EXPECT_EQ(status.ok(), is_message) << sample << ", " << size << " bytes";
      if (status.ok()) continue;
      EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
      EXPECT_EQ(FailureOf(status).field, "request");
    }
  }
}

TEST(ReadRequestText, MayBeAnything) {
  // Protobuf would refuse what is not UTF-8.
  const std::string bytes("\x0a\x05\x12\x03\xff\0\xfe", 7);
  LookupBatch asked;
  ASSERT_TRUE(ReadLookup(Buffer(bytes), &asked).ok());
  ASSERT_EQ(asked.indicators.size(), 1);
  EXPECT_EQ(asked.indicators[0].kind, Kind::kDomain);
  EXPECT_EQ(asked.indicators[0].text, std::string_view("\xff\0\xfe", 3));
}

}  // namespace
}  // namespace vtlookup
