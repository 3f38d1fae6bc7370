#include "tests/fakes/fake_tier.h"

#include <gtest/gtest.h>

#include <memory>

#include "tests/cache/tier_conformance.h"

namespace vtlookup {
namespace {

class FakeTierHost final : public TierHost {
 public:
  explicit FakeTierHost(bool warm) { disk_->warm = warm; }

  std::unique_ptr<Tier> Open() override {
    return std::make_unique<FakeTier>(disk_);
  }
  void Break(Tier& /*tier*/) override { disk_->broken = true; }
  void Repair(Tier& /*tier*/) override { disk_->broken = false; }

 private:
  const std::shared_ptr<FakeTier::Disk> disk_ =
      std::make_shared<FakeTier::Disk>();
};

std::unique_ptr<TierHost> MakeCold() {
  return std::make_unique<FakeTierHost>(/*warm=*/false);
}
std::unique_ptr<TierHost> MakeWarm() {
  return std::make_unique<FakeTierHost>(/*warm=*/true);
}

INSTANTIATE_TEST_SUITE_P(FakeTier, TierConformance,
                         testing::Values(TierKind{"cold", MakeCold},
                                         TierKind{"warm", MakeWarm}),
                         testing::PrintToStringParamName());

}  // namespace
}  // namespace vtlookup
