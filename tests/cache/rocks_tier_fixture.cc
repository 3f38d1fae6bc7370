#include "tests/cache/rocks_tier_fixture.h"

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace vtlookup {

RocksTier::Options RocksTierTest::OptionsHere() {
  return {.path = dir_ / "verdicts",
          .max_bytes = 0,
          .required = true,
          .env = nullptr,
          .free_bytes = [this](const std::string&) { return free_; },
          .report =
              [this](std::string_view what) {
                MutexLock lock(mu_);
                reports_.emplace_back(what);
              }};
}

std::vector<std::string> RocksTierTest::Reports() {
  MutexLock lock(mu_);
  return reports_;
}

std::unique_ptr<RocksTier> RocksTierTest::Open(RocksTier::Options options) {
  auto tier = RocksTier::Open(std::move(options), clock_);
  EXPECT_TRUE(tier.ok()) << tier.status();
  return tier.ok() ? *std::move(tier) : nullptr;
}

std::string RocksTierTest::KeyOf(int i) { return absl::StrFormat("u%05d", i); }

Entry RocksTierTest::Of(std::string value, absl::Duration usable) {
  return {std::make_shared<const std::string>(std::move(value)), clock_.Now(),
          clock_.Now() + usable, clock_.Now() + usable};
}

void RocksTierTest::FillAndCompact(RocksTier& tier, int count,
                                   std::string_view value) {
  Noise noise;
  std::vector<Tier::Record> records;
  for (int i = 0; i < count; ++i) {
    records.push_back(
        {KeyOf(i), Of(absl::StrCat(std::string(value), noise.Next(1000)))});
  }
  ASSERT_TRUE(tier.Write(records).ok());
  tier.Compact();
}

std::pair<int, int> RocksTierTest::Count(RocksTier& tier,
                                         std::string_view value) {
  std::pair<int, int> counts;
  EXPECT_TRUE(tier.Scan("",
                        [&](std::string_view, const Entry& entry) {
                          const bool fits = entry.value->rfind(value, 0) == 0;
                          ++(fits ? counts.first : counts.second);
                          return true;
                        })
                  .ok());
  return counts;
}

void RocksTierTest::Tend(RocksTier& tier) {
  clock_.Advance(RocksTier::kRetryAfter);
  tier.Tend();
}

int RocksTierTest::FilesAside() {
  int count = 0;
  for (const auto& file : std::filesystem::directory_iterator(dir_.path())) {
    count += file.path().string().find(".corrupt-") != std::string::npos;
  }
  return count;
}

}  // namespace vtlookup
