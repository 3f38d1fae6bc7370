#include "core/fnv.h"

#include <gtest/gtest.h>

#include <string_view>

namespace vtlookup {
namespace {

// The vectors of the authors, in draft-eastlake-fnv, and one with a zero byte
// from their test suite. The values are on disk, so they never change.
TEST(Fnv, IsThePublishedFunction) {
  EXPECT_EQ(Fnv1a(""), 0xcbf29ce484222325);
  EXPECT_EQ(Fnv1a("a"), 0xaf63dc4c8601ec8c);
  EXPECT_EQ(Fnv1a("foobar"), 0x85944171f73967e8);
  EXPECT_EQ(Fnv1a(std::string_view("\0", 1)), 0xaf63bd4c8601b7df);
  // Computed with Python: a byte from 0x80 on is not negative.
  EXPECT_EQ(Fnv1a("\xff"), 0xaf64724c8602eb6e);
}

}  // namespace
}  // namespace vtlookup
