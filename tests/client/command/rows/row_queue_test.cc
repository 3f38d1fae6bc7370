#include "client/command/rows/row_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace vtlookup {
namespace {

PlannedRows Rows(std::string name) {
  PlannedRows rows;
  rows.chunk = std::make_shared<Chunk>();
  rows.chunk->file = std::move(name);
  return rows;
}

TEST(RowQueue, KeepsTheOrderAndDrainsAfterTheEnd) {
  RowQueue queue;
  for (size_t i = 0; i < RowQueue::kMaxPieces; ++i) {
    ASSERT_TRUE(queue.Push(Rows(std::to_string(i))));
  }
  queue.End();
  for (size_t i = 0; i < RowQueue::kMaxPieces; ++i) {
    const std::optional<PlannedRows> rows = queue.Pop();
    ASSERT_TRUE(rows.has_value());
    EXPECT_EQ(rows->chunk->file, std::to_string(i));
  }
  EXPECT_FALSE(queue.Pop().has_value());
  EXPECT_FALSE(queue.Pop().has_value()) << "it stays ended";
}

TEST(RowQueue, HandsManyChunksFromThreadToThread) {
  constexpr size_t kCount = 20 * RowQueue::kMaxPieces;
  RowQueue queue;
  std::thread reader([&queue] {
    for (size_t i = 0; i < kCount; ++i) {
      EXPECT_TRUE(queue.Push(Rows(std::to_string(i))));
    }
    queue.End();
  });
  size_t count = 0;
  while (const std::optional<PlannedRows> rows = queue.Pop()) {
    EXPECT_EQ(rows->chunk->file, std::to_string(count++));
  }
  reader.join();
  EXPECT_EQ(count, kCount);
}

// Otherwise memory would grow with the input.
TEST(RowQueue, AFullOneTakesOneMoreAfterEachPop) {
  constexpr size_t kCount = 20 * RowQueue::kMaxPieces;
  RowQueue queue;
  std::atomic<size_t> pushed{0};
  std::thread reader([&] {
    for (size_t i = 0; i < kCount; ++i) {
      queue.Push(Rows("x"));
      ++pushed;
    }
    queue.End();
  });
  while (pushed < RowQueue::kMaxPieces) std::this_thread::yield();
  for (size_t popped = 0; popped < kCount; ++popped) {
    EXPECT_LE(pushed, RowQueue::kMaxPieces + popped);
    ASSERT_TRUE(queue.Pop().has_value());
  }
  reader.join();
}

// Otherwise the thread that reads would wait for ever after a full pipe broke.
TEST(RowQueue, ClosingItFreesWhoWaits) {
  RowQueue queue;
  for (size_t i = 0; i < RowQueue::kMaxPieces; ++i) queue.Push(Rows("x"));
  auto last = std::async(std::launch::async,
                         [&queue] { return queue.Push(Rows("last")); });
  queue.Close();
  EXPECT_FALSE(last.get());
  EXPECT_FALSE(queue.Push(Rows("later")));
}

TEST(RowQueue, EndingItFreesWhoWaits) {
  RowQueue queue;
  auto none = std::async(std::launch::async,
                         [&queue] { return queue.Pop().has_value(); });
  queue.End();
  EXPECT_FALSE(none.get());
}

}  // namespace
}  // namespace vtlookup
