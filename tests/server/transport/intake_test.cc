#include "server/transport/intake.h"

#include <gtest/gtest.h>

#include "tests/fakes/fake_call.h"

namespace vtlookup {
namespace {

// Calls of FakeCall are all on one connection, which has no name.
Intake::Counts Taken(Intake& intake) {
  const Intake::ByPeer all = intake.Take();
  EXPECT_LE(all.size(), 1);
  return all.empty() ? Intake::Counts() : all.at("");
}

TEST(Intake, CountsMessagesAndCalls) {
  Intake intake;
  FakeCall call{{"authorization", "Bearer abc"}};
  intake.Message(call.context(), 5000);
  intake.Message(call.context(), 1);
  Intake::Counts counts = Taken(intake);
  EXPECT_EQ(counts.messages, 2);
  EXPECT_EQ(counts.bytes, 5001);
  EXPECT_EQ(counts.calls, 0);

  intake.Call(call.context(), 0);
  intake.Call(call.context(), 100);
  intake.Cancelled(call.context());
  counts = Taken(intake);
  EXPECT_EQ(counts.calls, 2);
  EXPECT_EQ(counts.messages, 2);
  EXPECT_EQ(counts.bytes, 100);
  EXPECT_EQ(counts.cancelled, 1);
  EXPECT_EQ(counts.headers, 0);
}

TEST(Intake, WhatWasTakenIsNotCountedAgain) {
  Intake intake;
  FakeCall call;
  intake.Call(call.context(), 7);
  EXPECT_EQ(Taken(intake).calls, 1);
  EXPECT_TRUE(intake.Take().empty());
}

TEST(Intake, CountsHeadersWhileItShall) {
  Intake intake;
  FakeCall call{{"ab", "cde"}, {"f", ""}};
  intake.CountHeaders(true);
  intake.Call(call.context(), 0);
  intake.Message(call.context(), 9);  // of a call that was counted
  EXPECT_EQ(Taken(intake).headers, 6);
  intake.CountHeaders(false);
  intake.Call(call.context(), 0);
  EXPECT_EQ(Taken(intake).headers, 0);
}

}  // namespace
}  // namespace vtlookup
