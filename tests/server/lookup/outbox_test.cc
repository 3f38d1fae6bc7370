#include "server/lookup/outbox.h"

#include <string>

#include "gtest/gtest.h"

namespace vtlookup {
namespace {

grpc::ByteBuffer Message(const std::string& text) {
  const grpc::Slice slice(text);
  return {&slice, 1};
}

std::string TextOf(const grpc::ByteBuffer& message) {
  grpc::Slice slice;
  if (!message.DumpToSingleSlice(&slice).ok()) return "";
  return {slice.begin(), slice.end()};
}

TEST(Outbox, JoinsNeighboursThatMayBe) {
  Outbox outbox;
  outbox.Add(Message("a"), true);
  outbox.Add(Message("b"), true);
  outbox.Add(Message("alone"), false);
  outbox.Add(Message("also alone"), false);
  outbox.Add(Message("c"), true);
  EXPECT_EQ(outbox.bytes(), 18);
  EXPECT_EQ(TextOf(outbox.Take()), "ab");
  EXPECT_EQ(TextOf(outbox.Take()), "alone");
  EXPECT_EQ(TextOf(outbox.Take()), "also alone");
  EXPECT_EQ(outbox.bytes(), 1);
  EXPECT_EQ(TextOf(outbox.Take()), "c");
  EXPECT_TRUE(outbox.empty());
  EXPECT_EQ(outbox.bytes(), 0);
}

TEST(Outbox, AJoinedMessageStaysSmall) {
  const std::string half(Outbox::kJoined / 2, 'x');
  const std::string large(Outbox::kJoined * 2, 'y');
  Outbox outbox;
  for (const auto* text : {&half, &half, &half, &large, &half}) {
    outbox.Add(Message(*text), true);
  }
  EXPECT_EQ(TextOf(outbox.Take()), half + half);
  EXPECT_EQ(TextOf(outbox.Take()), half);
  EXPECT_EQ(TextOf(outbox.Take()), large);
  EXPECT_EQ(TextOf(outbox.Take()), half);
  EXPECT_TRUE(outbox.empty());
}

TEST(Outbox, HoldsNothingOnceCleared) {
  Outbox outbox;
  outbox.Add(Message("a"), true);
  outbox.Clear();
  EXPECT_TRUE(outbox.empty());
  EXPECT_EQ(outbox.bytes(), 0);
}

}  // namespace
}  // namespace vtlookup
