#include "client/command/units.h"

#include <gtest/gtest.h>

namespace vtlookup {
namespace {

TEST(Units, AreReadByPeople) {
  EXPECT_EQ(LongOf(absl::ZeroDuration()), "0 s");
  EXPECT_EQ(LongOf(absl::Seconds(59)), "59 s");
  EXPECT_EQ(LongOf(absl::Seconds(60)), "1 min");
  EXPECT_EQ(LongOf(absl::Seconds(3661)), "1 h 1 min");
  EXPECT_EQ(LongOf(absl::Hours(48)), "2 d");
  EXPECT_EQ(LongOf(absl::Hours(24) + absl::Seconds(5)), "1 d");
  EXPECT_EQ(SizeOf(0), "0 B");
  EXPECT_EQ(SizeOf(1023), "1023 B");
  EXPECT_EQ(SizeOf(1536), "1.5 KiB");
  EXPECT_EQ(SizeOf(uint64_t{8} << 30), "8.0 GiB");
  EXPECT_EQ(Grouped(999), "999");
  EXPECT_EQ(Grouped(1234567), "1,234,567");
}

}  // namespace
}  // namespace vtlookup
