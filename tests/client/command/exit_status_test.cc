#include "client/command/exit_status.h"

#include <gtest/gtest.h>

#include <string>

namespace vtlookup {
namespace {

using testing::internal::CaptureStderr;
using testing::internal::GetCapturedStderr;

TEST(ExitStatus, AComplaintNamesTheProgramAndNoSecret) {
  CaptureStderr();
  EXPECT_EQ(Complain("odd word q7Jt3yZ0mWXr5hK9vL2cN8bP4dF6gS1a\x1b[2J"), 2);
  const std::string said = GetCapturedStderr();
  EXPECT_TRUE(said.starts_with("vtlookup: odd word ")) << said;
  EXPECT_TRUE(said.ends_with("(see vtlookup --help)\n")) << said;
  EXPECT_EQ(said.find("q7Jt3yZ0mWXr5hK9"), std::string::npos) << said;
  EXPECT_EQ(said.find('\x1b'), std::string::npos) << said;
}

}  // namespace
}  // namespace vtlookup
