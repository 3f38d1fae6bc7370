// `vtlookup url` and its like, and `vtlookup submit`, against a daemon of
// tests.

#include "client/command/lookup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <string>

#include "client/command/arguments.h"
#include "client/command/session.h"
#include "client/command/submit.h"
#include "tests/client/vtlookup/verdict_helpers.h"
#include "tests/fakes/temp_dir.h"
#include "vtlookup/fake_daemon.h"

namespace vtlookup {
namespace {

using testing::HasSubstr;
using testing::internal::CaptureStdout;
using testing::internal::GetCapturedStdout;

class LookupCommandTest : public testing::Test {
 protected:
  // What the command prints.
  std::string Run(RunCommand run) {
    const Session session{.channel = daemon_.Connect(),
                          .token = "",
                          .client = Client(daemon_.Connect())};
    CaptureStdout();
    exit_status_ = run(session, arguments_);
    std::fflush(stdout);
    return GetCapturedStdout();
  }

  FakeDaemon daemon_;
  Arguments arguments_;
  int exit_status_ = -1;
};

TEST_F(LookupCommandTest, PrintsALineForEachInTheirOrder) {
  daemon_.Fail(Domain("bad.com"), {grpc::StatusCode::NOT_FOUND, "not cached"});
  for (const char* name : {"b.com", "bad.com", "a.com"}) {
    arguments_.indicators.push_back(Domain(name));
  }
  const std::string out = Run(RunLookup);
  EXPECT_LT(out.find("b.com\t"), out.find("bad.com\t"));
  EXPECT_LT(out.find("bad.com\tfailed: NOT_FOUND"), out.find("a.com\t"));
  EXPECT_EQ(exit_status_, 1) << "one has no answer";
}

TEST_F(LookupCommandTest, AValueOfAListWithoutAKindCostsOnlyItself) {
  const TempDir folder;
  const std::string list = folder.path() + "/list";
  std::ofstream(list) << "a.com\nno kind\nhxxp://b[.]com/\n";
  arguments_.lookup.lists = {list};
  testing::internal::CaptureStderr();
  const std::string out = Run(RunLookup);
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_THAT(said, HasSubstr("list:2: \"no kind\" was not looked up"));
  EXPECT_THAT(out, HasSubstr("a.com"));
  EXPECT_THAT(out, HasSubstr("b.com"));
  EXPECT_EQ(exit_status_, 1);
}

// The daemon takes 10,000 in a call.
TEST_F(LookupCommandTest, AsksForMoreThanOneCallTakes) {
  arguments_.json = true;
  for (int i = 0; i < 10001; ++i) {
    arguments_.indicators.push_back(Domain(std::to_string(i)));
  }
  const std::string out = Run(RunLookup);
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 10001);
  EXPECT_EQ(exit_status_, 0);
  EXPECT_EQ(daemon_.asked(Domain("0")), 1);
  EXPECT_EQ(daemon_.asked(Domain("10000")), 1);
}

TEST_F(LookupCommandTest, SubmitsEachUrl) {
  for (const char* url : {"http://a/", "http://bad/"}) {
    arguments_.indicators.emplace_back().set_url(url);
  }
  daemon_.Answer(arguments_.indicators[0], Verdict(-2));
  daemon_.Fail(arguments_.indicators[1],
               {grpc::StatusCode::RESOURCE_EXHAUSTED, "used up"});
  const std::string out = Run(RunSubmit);
  EXPECT_THAT(out, HasSubstr("http://a/\tqueued"));
  EXPECT_THAT(out,
              HasSubstr("http://bad/\tfailed: RESOURCE_EXHAUSTED: used up"));
  EXPECT_EQ(exit_status_, 1);
}

}  // namespace
}  // namespace vtlookup
