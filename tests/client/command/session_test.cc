#include "client/command/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "client/command/arguments.h"
#include "tests/fakes/temp_dir.h"

namespace vtlookup {
namespace {

using testing::HasSubstr;

class SessionTest : public testing::Test {
 protected:
  // Arguments with a token that is in a file.
  Arguments With(const std::string& server, const std::string& token) {
    const std::string file = dir_ / "token";
    std::ofstream(file) << token;
    Arguments arguments;
    arguments.server = server;
    arguments.token_file = file;
    return arguments;
  }

  TempDir dir_;
};

TEST_F(SessionTest, NeedsNoToken) {
  Arguments arguments;
  arguments.server = "vt.example:50051";
  const auto session = OpenSession(arguments);
  ASSERT_TRUE(session.ok()) << session.status();
  EXPECT_EQ(session->token, "");
}

TEST_F(SessionTest, ATokenIsReadWithoutTheBlanksAroundIt) {
  const auto session = OpenSession(With("127.0.0.1:1", " s3cret\n"));
  ASSERT_TRUE(session.ok()) << session.status();
  EXPECT_EQ(session->token, "s3cret");
}

TEST_F(SessionTest, ATokenMayTravelWithinTheMachine) {
  for (const char* server : {"unix:/run/x", "localhost:1", "127.0.0.2:1",
                             "[::1]:1", "[0:0:0:0:0:0:0:1]:1"}) {
    EXPECT_TRUE(OpenSession(With(server, "s3cret")).ok()) << server;
  }
}

// Whoever has the name 127.evil.example would get the password.
TEST_F(SessionTest, ATokenDoesNotLeaveItInTheClear) {
  for (const char* server :
       {"vt.example:1", "10.0.0.1:1", "127.evil.example:1",
        "127.0.0.1.evil.example:1", "localhost.evil.example:1",
        "[::1].evil.example:1", "[2001:db8::1]:1"}) {
    Arguments arguments = With(server, "s3cret");
    const absl::Status status = OpenSession(arguments).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << server;
    EXPECT_THAT(std::string(status.message()), HasSubstr("--tls")) << server;
    arguments.connection.tls = true;
    EXPECT_TRUE(OpenSession(arguments).ok()) << server;
  }
}

TEST_F(SessionTest, AFileWithoutATokenIsAMistake) {
  for (const char* token : {"", " \n\t"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(
        OpenSession(With("127.0.0.1:1", token)).status()));
  }
  Arguments arguments = With("127.0.0.1:1", "s3cret");
  arguments.token_file = dir_ / "nothing";
  EXPECT_THAT(std::string(OpenSession(arguments).status().message()),
              HasSubstr("cannot be read"));
}

// gRPC would end the process.
TEST_F(SessionTest, AFileWithSomethingElseIsAMistakeAndNotShown) {
  for (const char* token : {"s3cret\nother", "\xef\xbb\xbfs3cret",
                            "s3cr\xc3\xa9t", "s3 cret", "s3cret\x01"}) {
    const absl::Status status =
        OpenSession(With("127.0.0.1:1", token)).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << token;
    EXPECT_THAT(std::string(status.message()),
                HasSubstr("one token of ASCII characters"));
    EXPECT_THAT(std::string(status.message()), testing::Not(HasSubstr("s3")));
  }
  EXPECT_FALSE(
      OpenSession(With("127.0.0.1:1", std::string("s3\0cret", 7))).ok());
}

TEST_F(SessionTest, SaysWhichCertificatesCannotBeUsed) {
  Arguments arguments;
  arguments.server = "vt.example:1";
  arguments.connection.tls = true;
  arguments.connection.ca_file = dir_ / "nothing";
  EXPECT_TRUE(absl::IsInvalidArgument(OpenSession(arguments).status()));
}

}  // namespace
}  // namespace vtlookup
