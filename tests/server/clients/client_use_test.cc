#include "server/clients/client_use.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace vtlookup {
namespace {

TEST(ClientUses, AreCountedByName) {
  ClientUses uses;
  ClientUse* const b = uses.For("b");
  uses.For("a")->lookups.Add(2);
  b->refused.Add(1);
  EXPECT_EQ(uses.For("b"), b) << "also after a reload";
  uses.AddRequests("a", 5);
  uses.AddRequests("127.0.0.1", 7);  // has no name in the configuration
  const auto rows = uses.All();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].client, "a");
  EXPECT_EQ(rows[0].lookups, 2U);
  EXPECT_EQ(rows[0].requests, 5U);
  EXPECT_EQ(rows[1].client, "b");
  EXPECT_EQ(rows[1].refused, 1U);
}

TEST(ClientUses, AreBounded) {
  ClientUses uses;
  for (size_t i = 0; i < ClientUses::kMostClients + 10; ++i) {
    uses.For(absl::StrCat("c", i))->lookups.Add(1);
  }
  const auto rows = uses.All();
  EXPECT_EQ(rows.size(), ClientUses::kMostClients + 1);
  EXPECT_EQ(rows.front().client, ClientUses::kOthers);
  EXPECT_EQ(rows.front().lookups, 10U);
  EXPECT_NE(uses.For("c1"), uses.For("new")) << "the first stay as they are";
  uses.AddRequests("c1", 1);
  uses.AddRequests("new", 2);
  uses.AddRequests("", 4);  // for nobody
  EXPECT_EQ(uses.All().front().requests, 2U);
}

}  // namespace
}  // namespace vtlookup
