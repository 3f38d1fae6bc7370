#include "server/transport/slow_readers.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace vtlookup {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr absl::Duration kTick = absl::Seconds(1);
constexpr uint64_t kMiB = 1U << 20;

class SlowReadersTest : public testing::Test {
 protected:
  // Lets a second pass. The client of connection 1 has acknowledged `sent`
  // bytes in all, and `held` bytes wait for it.
  std::vector<int> Second(uint64_t sent, uint64_t held) {
    return readers_.Find({{.id = 1, .name = "a", .sent = sent}}, {{"a", held}},
                         kTick);
  }

  SlowReaders readers_;
};

TEST_F(SlowReadersTest, WhoReadsNothingIsFoundAfterHalfAMinute) {
  for (int i = 0; i < 30; ++i) EXPECT_THAT(Second(100, 60 * kMiB), IsEmpty());
  EXPECT_THAT(Second(100, 60 * kMiB), ElementsAre(1));
}

TEST_F(SlowReadersTest, ALongReplyMayTakeLong) {
  for (uint64_t i = 0; i < 1000; ++i) {
    ASSERT_THAT(Second(i * (17U << 10), 60 * kMiB), IsEmpty());
  }
}

TEST_F(SlowReadersTest, ATrickleIsNotEnough) {
  uint64_t i = 0;
  while (Second(i * 1000, 60 * kMiB).empty()) ASSERT_LT(++i, 31U);
}

// The client gets few and short replies, and one of them is always under way.
TEST_F(SlowReadersTest, WhoReadsAllOfALittleIsNotSlow) {
  for (uint64_t i = 0; i < 1000; ++i) {
    ASSERT_THAT(Second(i * 200, 3000), IsEmpty());
  }
}

TEST_F(SlowReadersTest, WhoIsOwedNothingMeanwhileBeginsAnew) {
  for (int i = 0; i < 1000; ++i) {
    if (i % 20 == 0) {
      EXPECT_THAT(readers_.Find({{.id = 1, .name = "a"}}, {}, kTick),
                  IsEmpty());
    } else {
      ASSERT_THAT(Second(100, 60 * kMiB), IsEmpty());
    }
  }
}

}  // namespace
}  // namespace vtlookup
