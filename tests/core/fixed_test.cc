#include "core/fixed.h"

#include <gtest/gtest.h>

#include <string>

namespace vtlookup {
namespace {

// The order of the bytes on disk.
TEST(Fixed, HasItsLowestByteFirst) {
  std::string out = "x";
  AppendFixed(out, 0x0102, 2);
  AppendFixed(out, 0xfffefdfcfbfaf9f8, 8);
  EXPECT_EQ(out, std::string("x\x02\x01\xf8\xf9\xfa\xfb\xfc\xfd\xfe\xff"));
  EXPECT_EQ(ReadFixed(out, 1, 2), 0x0102);
  EXPECT_EQ(ReadFixed(out, 3, 8), 0xfffefdfcfbfaf9f8);
  // Bytes from 0x80 on are not negative.
  EXPECT_EQ(ReadFixed(out, 10, 1), 0xff);
}

TEST(Fixed, KeepsAsManyBytesAsItIsTold) {
  std::string out;
  AppendFixed(out, 0x123456, 2);
  EXPECT_EQ(out, std::string("\x56\x34"));
  EXPECT_EQ(ReadFixed(out, 0, 0), 0);
}

}  // namespace
}  // namespace vtlookup
