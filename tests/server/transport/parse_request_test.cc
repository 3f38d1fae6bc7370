#include "server/transport/parse_request.h"

#include <google/protobuf/stubs/logging.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/failure.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup {
namespace {

grpc::ByteBuffer Buffer(const std::vector<std::string>& parts) {
  std::vector<grpc::Slice> slices;
  for (const std::string& part : parts) slices.emplace_back(part);
  return {slices.data(), slices.size()};
}

std::string Bytes() {
  v1::WatchLookupRequest request;
  request.mutable_indicator()->set_domain("a.com");
  return request.SerializeAsString();
}

TEST(ParseRequest, ReadsAMessageInAnyNumberOfPieces) {
  const std::string bytes = Bytes();
  for (const auto& parts : {std::vector{bytes},
                            {bytes.substr(0, 3), bytes.substr(3)},
                            {"", bytes.substr(0, 1), "", bytes.substr(1)}}) {
    const grpc::ByteBuffer buffer = Buffer(parts);
    v1::WatchLookupRequest request;
    ASSERT_TRUE(ParseRequest(&buffer, &request).ok());
    EXPECT_EQ(request.indicator().domain(), "a.com");
  }
}

TEST(ParseRequest, LeavesTheBytesWhereTheyAre) {
  const grpc::ByteBuffer buffer = Buffer({Bytes()});
  v1::WatchLookupRequest request;
  ASSERT_TRUE(ParseRequest(&buffer, &request).ok());
  EXPECT_EQ(buffer.Length(), Bytes().size());
  v1::WatchLookupRequest again;
  ASSERT_TRUE(ParseRequest(&buffer, &again).ok());
  EXPECT_EQ(again.indicator().domain(), "a.com");
}

TEST(ParseRequest, OtherBytesAreTheCallersMistake) {
  const google::protobuf::LogSilencer silencer;
  const std::string bytes = Bytes();
  // Cut off, a tag without a field, text that is not UTF-8.
  for (const std::string& bad :
       {bytes.substr(0, bytes.size() - 1), std::string("\x0a"),
        std::string("\x0a\x05\x12\x03\xff\xfe\xfd")}) {
    const grpc::ByteBuffer buffer = Buffer({bad});
    v1::WatchLookupRequest request;
    const absl::Status status = ParseRequest(&buffer, &request);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(FailureOf(status).reason, "BAD_REQUEST");
    EXPECT_EQ(FailureOf(status).field, "request");
  }
}

TEST(ParseRequest, NothingAtAllIsAMessageWithoutFields) {
  const grpc::ByteBuffer buffer = Buffer({""});
  v1::WatchLookupRequest request;
  EXPECT_TRUE(ParseRequest(&buffer, &request).ok());
}

}  // namespace
}  // namespace vtlookup
