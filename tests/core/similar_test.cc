#include "core/similar.h"

#include <gtest/gtest.h>

namespace vtlookup {
namespace {

TEST(Similar, TyposAreKnown) {
  const std::vector<std::string> names = {"path",      "memory", "per_minute",
                                          "per_month", "domain", "ip"};
  EXPECT_EQ(MostSimilar("paht", names), "path");
  EXPECT_EQ(MostSimilar("pth", names), "path");
  EXPECT_EQ(MostSimilar("memroy", names), "memory");
  EXPECT_EQ(MostSimilar("Memory", names), "memory");
  EXPECT_EQ(MostSimilar("per_minutes", names), "per_minute");
  EXPECT_EQ(MostSimilar("perminute", names), "per_minute");
  EXPECT_EQ(MostSimilar("domian", names), "domain");
  EXPECT_EQ(MostSimilar("ipp", names), "ip");
  EXPECT_EQ(MostSimilar("url", names), "");
  EXPECT_EQ(MostSimilar("", names), "");
  EXPECT_EQ(MostSimilar("path", {}), "");
}

}  // namespace
}  // namespace vtlookup
