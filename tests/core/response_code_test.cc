#include "core/response_code.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace vtlookup {
namespace {

// The numbers of VirusTotal's API v2, which are in the caches of all users.
TEST(ResponseCode, HasTheNumbersOfTheWire) {
  EXPECT_EQ(NumberOf(ResponseCode::kPresent), 1);
  EXPECT_EQ(NumberOf(ResponseCode::kMissing), 0);
  EXPECT_EQ(NumberOf(ResponseCode::kInvalid), -1);
  EXPECT_EQ(NumberOf(ResponseCode::kQueued), -2);
  for (const int64_t number : {-2, -1, 0, 1}) {
    ASSERT_TRUE(ResponseCodeOf(number).has_value());
    EXPECT_EQ(NumberOf(*ResponseCodeOf(number)), number);
  }
}

// The last two would be codes if they were cut to 8 or 32 bits.
TEST(ResponseCode, IsNoOtherNumber) {
  for (const int64_t number : {int64_t{2}, int64_t{-3}, INT64_MAX, INT64_MIN,
                               int64_t{257}, (int64_t{1} << 32) + 1}) {
    EXPECT_FALSE(ResponseCodeOf(number).has_value()) << number;
    EXPECT_FALSE(number == ResponseCode::kPresent);
  }
}

}  // namespace
}  // namespace vtlookup
