// The log belongs to the process, so each test starts it in a process of its
// own, which ends; what that wrote is in standard error.

#include "server/transport/grpc_log.h"

#include <gmock/gmock.h>
#include <grpc/support/log.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "server/operators/log.h"

namespace vtlookup {
namespace {

using testing::ExitedWithCode;
using testing::Truly;

// StartLog takes gRPC's log, too. A server that starts sets gRPC's verbosity;
// here is none.
void Start() {
  gpr_set_log_verbosity(GPR_LOG_SEVERITY_ERROR);
  v1::LogConfig config;
  config.set_level(v1::LOG_LEVEL_DEBUG);
  StartLog(config);
}

int Count(const std::string& text, const std::string& part) {
  int count = 0;
  for (size_t at = text.find(part); at != std::string::npos;
       at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

class GrpcLogDeathTest : public testing::Test {
 protected:
  // The other process starts anew: a copy of this one would lack the threads
  // that other tests have started. It ends without their cleaning up, too.
  GrpcLogDeathTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

TEST_F(GrpcLogDeathTest, AMistakeOfAClientIsAWarningInOurLog) {
  EXPECT_EXIT(
      {
        Start();
        gpr_log("src/core/some/file.cc", 77, GPR_LOG_SEVERITY_ERROR, "no %s",
                "luck");
        std::_Exit(0);
      },
      ExitedWithCode(0),
      testing::MatchesRegex(
          "[^\n]*Z warning gRPC: no luck \\(file\\.cc:77\\)\n"));
}

TEST_F(GrpcLogDeathTest, EachPlaceMayLogThreeLinesAMinute) {
  EXPECT_EXIT(
      {
        Start();
        for (int i = 0; i < 100; ++i) {
          gpr_log("one.cc", 1, GPR_LOG_SEVERITY_ERROR, "again");
          gpr_log("one.cc", 2, GPR_LOG_SEVERITY_ERROR, "elsewhere");
        }
        gpr_log("two.cc", 1, GPR_LOG_SEVERITY_ERROR, "another file");
        std::_Exit(0);
      },
      ExitedWithCode(0), Truly([](const std::string& text) {
        return Count(text, "again") == 3 && Count(text, "elsewhere") == 3 &&
               Count(text, "another file") == 1 && Count(text, "\n") == 7;
      }));
}

TEST_F(GrpcLogDeathTest, ALineHasABound) {
  const std::string text = std::string(1000, 'x') + std::string(5000, 'y');
  EXPECT_EXIT(
      {
        Start();
        gpr_log("a.cc", 1, GPR_LOG_SEVERITY_ERROR, "%s", text.c_str());
        std::_Exit(0);
      },
      ExitedWithCode(0), Truly([](const std::string& written) {
        return Count(written, "x") == 1000 && Count(written, "y") == 0;
      }));
}

}  // namespace
}  // namespace vtlookup
