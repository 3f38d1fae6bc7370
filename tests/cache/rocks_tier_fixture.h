#ifndef VTLOOKUP_TESTS_CACHE_ROCKS_TIER_FIXTURE_H_
#define VTLOOKUP_TESTS_CACHE_ROCKS_TIER_FIXTURE_H_

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cache/rocks_tier.h"
#include "core/mutex.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/temp_dir.h"

namespace vtlookup {

// Makes text that does not compress.
class Noise {
 public:
  std::string Next(size_t size) {
    std::string text(size, '\0');
    for (char& c : text) {
      state_ = state_ * 1664525 + 1013904223;
      c = static_cast<char>(state_ >> 24);
    }
    return text;
  }

 private:
  uint32_t state_ = 1;
};

// A store in a folder of its own. The test sets the clock and the free space on
// the disk.
class RocksTierTest : public testing::Test {
 protected:
  RocksTier::Options OptionsHere();
  std::vector<std::string> Reports();
  std::unique_ptr<RocksTier> Open() { return Open(OptionsHere()); }
  std::unique_ptr<RocksTier> Open(RocksTier::Options options);

  static std::string KeyOf(int i);
  Entry Of(std::string value, absl::Duration usable = absl::Hours(1));
  static absl::StatusOr<Entry> GetOne(Tier& tier, const std::string& key) {
    return tier.Get({key}).front();
  }

  // Writes `count` entries of about 1 kB, and compacts them into one sorted
  // table of the last level.
  void FillAndCompact(RocksTier& tier, int count, std::string_view value);
  // Scans the tier. Returns the number of entries whose value begins with
  // `value`, and the number of the others.
  static std::pair<int, int> Count(RocksTier& tier, std::string_view value);
  // Moves the clock to the next attempt to open the tier, and tends the tier.
  void Tend(RocksTier& tier);
  // Returns the number of damaged databases that were moved aside.
  int FilesAside();

  TempDir dir_;
  FakeClock clock_;
  uint64_t free_ = uint64_t{1} << 40;
  Mutex mu_;
  std::vector<std::string> reports_ ABSL_GUARDED_BY(mu_);
};

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_CACHE_ROCKS_TIER_FIXTURE_H_
