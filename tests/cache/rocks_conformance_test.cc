// RocksTier keeps the contract of cache/tier.h.

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "cache/rocks_tier.h"
#include "tests/cache/tier_conformance.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/temp_dir.h"

namespace vtlookup {
namespace {

// A folder on a disk that has no room while it is broken.
class RocksHost final : public TierHost {
 public:
  std::unique_ptr<Tier> Open() override {
    auto tier = RocksTier::Open(
        {.path = path_,
         .required = true,
         .free_bytes = [this](const std::string&) { return free_; }},
        clock_);
    EXPECT_TRUE(tier.ok()) << tier.status();
    return tier.ok() ? *std::move(tier) : nullptr;
  }

  void Break(Tier& tier) override {
    free_ = 0;
    // RocksTier looks at the disk before it writes.
    (void)tier.Write({});
  }
  void Repair(Tier& tier) override {
    free_ = kPlenty;
    clock_.Advance(RocksTier::kRetryAfter);
    tier.Tend();
  }

  // Makes a spill impossible, so that a tier that is out of order takes no
  // writes.
  void PreventSpill() {
    std::filesystem::create_directories(path_ + ".spill/in its place");
  }

 private:
  static constexpr uint64_t kPlenty = uint64_t{1} << 40;

  TempDir dir_;
  const std::string path_ = dir_ / "verdicts";
  FakeClock clock_;
  uint64_t free_ = kPlenty;
};

std::unique_ptr<TierHost> MakeWithSpill() {
  return std::make_unique<RocksHost>();
}
std::unique_ptr<TierHost> MakeWithoutSpill() {
  auto host = std::make_unique<RocksHost>();
  host->PreventSpill();
  return host;
}

INSTANTIATE_TEST_SUITE_P(RocksTier, TierConformance,
                         testing::Values(TierKind{"with_spill", MakeWithSpill},
                                         TierKind{"without_spill",
                                                  MakeWithoutSpill}),
                         testing::PrintToStringParamName());

}  // namespace
}  // namespace vtlookup
