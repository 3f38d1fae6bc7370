// `vtlookup bench` against a daemon of tests. With no time to run, each thread
// makes one call, so the counts are known.

#include "client/command/bench.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "client/command/arguments.h"
#include "client/command/session.h"
#include "client/command/shared_options.h"
#include "tests/fakes/temp_dir.h"
#include "vtlookup/fake_daemon.h"

namespace vtlookup {
namespace {

using testing::HasSubstr;
using testing::internal::CaptureStderr;
using testing::internal::CaptureStdout;
using testing::internal::GetCapturedStderr;
using testing::internal::GetCapturedStdout;

class BenchTest : public testing::Test {
 protected:
  BenchTest() {
    std::ofstream(arguments_.bench.file) << "a.com\n\nb.com\nbad.com\n";
    daemon_.Answer(Domain("a.com"), v1::Verdict());
    daemon_.Answer(Domain("b.com"), v1::Verdict());
    daemon_.Fail(Domain("bad.com"), {grpc::StatusCode::NOT_FOUND, "no"});
  }

  static v1::Indicator Domain(const std::string& name) {
    v1::Indicator indicator;
    indicator.set_domain(name);
    return indicator;
  }

  Arguments MakeArguments() const {
    Arguments arguments;
    arguments.json = true;
    arguments.bench = {.make = FindKind("domain")->make,
                       .file = dir_ / "values",
                       .seconds = 0,
                       .batch = 6,
                       .concurrency = 2};
    return arguments;
  }

  int Run() {
    return RunBench({.channel = daemon_.Connect(),
                     .token = "",
                     .client = Client(daemon_.Connect())},
                    arguments_);
  }

  TempDir dir_;
  FakeDaemon daemon_;
  Arguments arguments_ = MakeArguments();
};

// Two calls of six: the three values, twice in each.
TEST_F(BenchTest, CountsAnswersAndFailures) {
  CaptureStdout();
  EXPECT_EQ(Run(), 0);
  const auto result = nlohmann::json::parse(GetCapturedStdout());
  EXPECT_EQ(result["calls"], 2);
  EXPECT_EQ(result["verdicts"], 8);
  EXPECT_EQ(result["sources"], nlohmann::json({{"MEMORY", 8}}));
  EXPECT_EQ(result["failures"], nlohmann::json({{"NOT_FOUND", 4}}));
  EXPECT_EQ(daemon_.asked(Domain("bad.com")), 4);
  EXPECT_EQ(daemon_.asked(Domain("")), 0) << "an empty line is no value";
  double before = 0;
  for (const char* part : {"p50", "p90", "p99", "p99.9", "max"}) {
    const double millis = result["latency_ms"][part];
    EXPECT_GE(millis, before) << part;
    before = millis;
  }
}

TEST_F(BenchTest, ABatchOfOneIsALookup) {
  arguments_.bench.batch = 1;
  arguments_.bench.concurrency = 3;
  CaptureStdout();
  EXPECT_EQ(Run(), 0);
  const auto result = nlohmann::json::parse(GetCapturedStdout());
  EXPECT_EQ(result["calls"], 3);
  EXPECT_EQ(result["verdicts"], 2) << "the threads begin at different values";
  EXPECT_EQ(result["failures"], nlohmann::json({{"NOT_FOUND", 1}}));
}

TEST_F(BenchTest, PrintsATableForPeople) {
  arguments_.json = false;
  CaptureStdout();
  EXPECT_EQ(Run(), 0);
  const std::string table = GetCapturedStdout();
  EXPECT_THAT(table, HasSubstr("\nverdicts               8  "));
  EXPECT_THAT(table, HasSubstr("\nsource                 8  MEMORY"));
  EXPECT_THAT(table, HasSubstr("\nfailed                 4  NOT_FOUND"));
}

TEST_F(BenchTest, FailsWhenNothingIsAnswered) {
  std::ofstream(arguments_.bench.file) << "bad.com\n";
  CaptureStderr();
  EXPECT_EQ(Run(), 1);
  EXPECT_THAT(GetCapturedStderr(), HasSubstr("nothing was answered"));
}

TEST_F(BenchTest, NeedsValues) {
  CaptureStderr();
  std::ofstream(arguments_.bench.file) << "\n\n";
  EXPECT_EQ(Run(), 2);
  EXPECT_THAT(GetCapturedStderr(), HasSubstr("no values"));
  CaptureStderr();
  arguments_.bench.file = dir_ / "nothing";
  EXPECT_EQ(Run(), 2);
  EXPECT_THAT(GetCapturedStderr(), HasSubstr("cannot be read"));
}

}  // namespace
}  // namespace vtlookup
