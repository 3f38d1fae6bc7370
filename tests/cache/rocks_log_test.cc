#include "cache/rocks_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/fakes/fake_clock.h"

namespace vtlookup {
namespace {

using testing::ElementsAre;

class RocksLogTest : public testing::Test {
 protected:
  FakeClock clock_;
  std::vector<std::string> lines_;
  RocksLog log_{[this](std::string_view line) { lines_.emplace_back(line); },
                clock_};
};

TEST_F(RocksLogTest, TellsWarningsAndErrorsOnly) {
  rocksdb::Header(&log_, "options: %d", 1);
  rocksdb::Info(&log_, "flushed %d", 2);
  rocksdb::Warn(&log_, "slow %d\n", 3);
  rocksdb::Warn(&log_, "[default] Stalling writes because of %d", 4);
  rocksdb::Error(&log_, "failed %s", "badly");
  EXPECT_THAT(lines_, ElementsAre("RocksDB: slow 3", "RocksDB: failed badly"));
}

TEST_F(RocksLogTest, TellsSoManyAMinuteAndHowManyItLeftOut) {
  for (int i = 0; i < RocksLog::kMostAMinute + 5; ++i) {
    rocksdb::Error(&log_, "again");
  }
  EXPECT_EQ(lines_.size(), RocksLog::kMostAMinute);
  clock_.Advance(absl::Minutes(1));
  rocksdb::Error(&log_, "later");
  EXPECT_EQ(lines_.back(), "RocksDB: later (5 earlier lines were left out)");
}

TEST_F(RocksLogTest, CutsLinesOfAnyLength) {
  rocksdb::Error(&log_, "%s", std::string(100'000, 'x').c_str());
  EXPECT_LT(lines_.at(0).size(), 600);
}

}  // namespace
}  // namespace vtlookup
