#include "core/published.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace vtlookup {
namespace {

TEST(Published, AReplacedValueStaysReadable) {
  Published<std::string> name(std::string(100, 'a'));
  const std::string& first = name.get();
  for (const char c : {'b', 'c', 'd'}) name.Replace(std::string(100, c));
  EXPECT_EQ(first, std::string(100, 'a'));
  EXPECT_EQ(name.get(), std::string(100, 'd'));
}

TEST(Published, ReadersSeeWholeValuesOnlyAndNoneThatIsOlder) {
  Published<std::vector<int>> numbers(std::vector<int>(50, 0));
  constexpr int kLast = 1000;
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&numbers] {
      for (int seen = 0; seen < kLast;) {
        const std::vector<int>& now = numbers.get();
        ASSERT_EQ(now, std::vector<int>(50, now.front()));
        ASSERT_GE(now.front(), seen);
        seen = now.front();
      }
    });
  }
  for (int n = 1; n <= kLast; ++n) numbers.Replace(std::vector<int>(50, n));
  for (std::thread& reader : readers) reader.join();
}

}  // namespace
}  // namespace vtlookup
