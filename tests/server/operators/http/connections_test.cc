#include "server/operators/http/connections.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vtlookup {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr absl::Duration kStart = absl::Hours(1);

TEST(HttpConnections, WhatIsSlowIsBrokenOffWhenAnotherComes) {
  HttpConnections connections(absl::Seconds(10), 100);
  EXPECT_THAT(connections.Open(5, kStart), IsEmpty());
  EXPECT_THAT(connections.Open(6, kStart + absl::Seconds(9)), IsEmpty());
  EXPECT_THAT(connections.Open(7, kStart + absl::Seconds(11)), ElementsAre(5));
  EXPECT_THAT(connections.Open(8, kStart + absl::Seconds(12)), IsEmpty());
}

TEST(HttpConnections, AnAnswerBeginsItsTimeAnew) {
  HttpConnections connections(absl::Seconds(10), 100);
  connections.Open(5, kStart);
  connections.Answered(5, kStart + absl::Seconds(9));
  EXPECT_THAT(connections.Open(6, kStart + absl::Seconds(18)), IsEmpty());
  EXPECT_THAT(connections.Open(7, kStart + absl::Seconds(20)), ElementsAre(5));
  connections.Answered(5, kStart + absl::Seconds(21));  // is forgotten
  EXPECT_THAT(connections.Open(8, kStart + absl::Seconds(22)), IsEmpty());
}

TEST(HttpConnections, InACrowdTheOldestGoes) {
  HttpConnections connections(absl::Seconds(10), 3);
  connections.Open(5, kStart);
  connections.Open(6, kStart + absl::Seconds(1));
  connections.Open(7, kStart + absl::Seconds(2));
  connections.Answered(5, kStart + absl::Seconds(3));
  EXPECT_THAT(connections.Open(8, kStart + absl::Seconds(4)), ElementsAre(6));
  connections.Close(7);
  EXPECT_THAT(connections.Open(9, kStart + absl::Seconds(5)), IsEmpty());
  EXPECT_THAT(connections.Open(10, kStart + absl::Seconds(6)), ElementsAre(5));
}

// The system reuses a descriptor as soon as its connection is closed.
TEST(HttpConnections, ADescriptorMayComeAgain) {
  HttpConnections connections(absl::Seconds(10), 3);
  connections.Open(5, kStart);
  connections.Close(5);
  connections.Open(5, kStart + absl::Seconds(8));
  EXPECT_THAT(connections.Open(6, kStart + absl::Seconds(12)), IsEmpty());
}

}  // namespace
}  // namespace vtlookup
