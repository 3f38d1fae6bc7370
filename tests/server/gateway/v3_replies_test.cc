#include "server/gateway/v3_replies.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/status.h"

namespace vtlookup {
namespace {

using nlohmann::json;

TEST(V3Replies, RelationshipsAreCutOutWhereverTheyStand) {
  for (
      const char* text : {
          R"({"data": {"relationships": {"a": [1, "}"]}, "id": "x"}})",
          R"({"data": {"id": "x", "relationships": {}, "type": "t"}})",
          "{\"data\": {\"id\": \"x\"\n ,\n \"relationships\" : {\"b\": {}}\n}}",
          R"({"data":{"relationships":{}}})",
          R"({"data":{"relationships":{},"id":"x"},"meta":{"relationships":1}})",
      }) {
    json expected = json::parse(text);
    expected["data"].erase("relationships");
    EXPECT_EQ(json::parse(WithoutRelationships(text)), expected) << text;
  }
}

TEST(V3Replies, WhatHasNoRelationshipsStaysAsItIs) {
  for (const char* text :
       {R"({"data": {"id": "x", "attributes": {"relationships": 1}}})",
        R"({"data": []})", "{}", "no json", ""}) {
    EXPECT_EQ(WithoutRelationships(text), text);
  }
}

TEST(V3Replies, FailuresHaveVirusTotalsCodes) {
  const auto code = [](const absl::Status& failure, bool has_token = true) {
    const GatewayReply reply = FailureInV3(failure, has_token);
    return std::to_string(reply.status) + " " +
           json::parse(reply.body)["error"]["code"].get<std::string>();
  };
  EXPECT_EQ(code(absl::InvalidArgumentError("x")), "400 BadRequestError");
  EXPECT_EQ(code(absl::UnauthenticatedError("x")), "401 WrongCredentialsError");
  EXPECT_EQ(code(absl::UnauthenticatedError("x"), /*has_token=*/false),
            "401 AuthenticationRequiredError");
  EXPECT_EQ(code(absl::PermissionDeniedError("x")), "403 ForbiddenError");
  EXPECT_EQ(code(absl::NotFoundError("x")), "404 NotFoundError");
  EXPECT_EQ(code(absl::ResourceExhaustedError("x")), "429 QuotaExceededError");
  EXPECT_EQ(code(absl::UnavailableError("x")), "503 TransientError");
  EXPECT_EQ(code(absl::FailedPreconditionError("x")), "503 TransientError");
  EXPECT_EQ(code(absl::DeadlineExceededError("x")),
            "504 DeadlineExceededError");
}

}  // namespace
}  // namespace vtlookup
