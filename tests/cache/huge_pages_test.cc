#include "cache/huge_pages.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <thread>
#include <utility>
#include <vector>

namespace vtlookup {
namespace {

// The first and last address of a block, in order of addresses.
using Block = std::pair<uintptr_t, uintptr_t>;

// Writes to each byte of the block.
Block Take(HugePages& pages, size_t bytes, size_t alignment) {
  void* const at = pages.allocate(bytes, alignment);
  std::memset(at, 0xa5, bytes);
  const auto address = reinterpret_cast<uintptr_t>(at);
  EXPECT_EQ(address % alignment, 0) << bytes << " at " << alignment;
  return {address, address + bytes - 1};
}

void ExpectApart(std::vector<Block> blocks) {
  std::sort(blocks.begin(), blocks.end());
  for (size_t i = 1; i < blocks.size(); ++i) {
    EXPECT_LT(blocks[i - 1].second, blocks[i].first);
  }
}

TEST(HugePages, BlocksAreAlignedAndApart) {
  HugePages pages;
  std::vector<Block> blocks;
  for (const size_t alignment : {1, 8, 64, 4096, 65'536, 4 << 20}) {
    for (const size_t bytes : {1, 24, 1000, 300'000, 5'000'000}) {
      blocks.push_back(Take(pages, bytes, alignment));
    }
  }
  ExpectApart(blocks);
}

TEST(HugePages, TheFirstBlockIsAlignedToo) {
  for (const size_t alignment : {16'384, 65'536, 1 << 20}) {
    HugePages small;
    Take(small, 1, alignment);
    HugePages large;
    Take(large, 3 << 20, alignment);
  }
}

TEST(HugePages, BlocksThatAreReturnedAreNotUsedAgain) {
  HugePages pages;
  std::vector<Block> blocks;
  for (int i = 0; i < 100; ++i) {
    blocks.push_back(Take(pages, 100, 8));
    pages.deallocate(reinterpret_cast<void*>(blocks.back().first), 100, 8);
  }
  ExpectApart(blocks);
}

TEST(HugePages, ThrowsWhenTheSystemHasNoMemory) {
  HugePages pages;
  Take(pages, 100, 8);
  EXPECT_THROW((void)pages.allocate(size_t{1} << 62, 8), std::bad_alloc);
  EXPECT_THROW((void)pages.allocate(SIZE_MAX - 100, 8), std::bad_alloc);
  Take(pages, 100, 8);
}

TEST(HugePages, IsEqualToItselfOnly) {
  const HugePages one;
  const HugePages other;
  EXPECT_TRUE(one.is_equal(one));
  EXPECT_FALSE(one.is_equal(other));
}

TEST(HugePages, ManyThreadsGetBlocksThatAreApart) {
  HugePages pages;
  std::vector<std::vector<Block>> taken(4);
  std::vector<std::thread> threads;
  for (auto& blocks : taken) {
    threads.emplace_back([&pages, &blocks] {
      for (size_t i = 1; i <= 2000; ++i) {
        blocks.push_back(Take(pages, i % 700 + 1, 16));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::vector<Block> all;
  for (const auto& blocks : taken) {
    all.insert(all.end(), blocks.begin(), blocks.end());
  }
  ExpectApart(all);
}

}  // namespace
}  // namespace vtlookup
