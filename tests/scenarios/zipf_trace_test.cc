// A long trace, as a SIEM would ask it: half a million asks over fifty thousand
// indicators, most of them for a few, in each of VirusTotal's APIs. VirusTotal
// is asked no more often than once for each indicator and lifetime.

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/config/yaml.h"
#include "server/proto/indicator_fields.h"
#include "tests/scenarios/apis.h"
#include "tests/scenarios/world.h"

namespace vtlookup {
namespace {

constexpr int kAsks = 500000;  // in each API
constexpr int kIndicators = 50000;
constexpr absl::Duration kSpan = absl::Hours(72);

// Ranks with a chance of 1 / rank.
class Zipf {
 public:
  explicit Zipf(int count) {
    double sum = 0;
    for (int rank = 1; rank <= count; ++rank) {
      sum += 1.0 / rank;
      sums_.push_back(sum);
    }
  }
  template <typename Random>
  int Draw(Random& random) const {
    std::uniform_real_distribution<double> uniform(0, sums_.back());
    return static_cast<int>(
        std::lower_bound(sums_.begin(), sums_.end(), uniform(random)) -
        sums_.begin());
  }

 private:
  std::vector<double> sums_;
};

// How many lifetimes are begun, if each is as short as it may be.
class Windows {
 public:
  explicit Windows(absl::Duration lifetime) : lifetime_(lifetime) {}

  void Ask(int indicator, absl::Time now) {
    absl::Time& end =
        ends_.try_emplace(indicator, absl::InfinitePast()).first->second;
    if (now < end) return;
    end = now + lifetime_;
    ++begun_;
  }
  int begun() const { return begun_; }

 private:
  const absl::Duration lifetime_;
  std::unordered_map<int, absl::Time> ends_;
  int begun_ = 0;
};

v1::Config BigConfig(v1::VirusTotalApi api) {
  v1::Config config;
  ApplyDefaults(&config);
  config.mutable_virustotal()->set_api(api);
  config.mutable_virustotal()->clear_quota();
  config.mutable_cache()->set_refresh_ahead(false);
  config.mutable_limits()->set_max_polls(0);
  return config;
}

void AnswerOldest(World& world) {
  auto request = std::move(world.http.pending.front());
  world.http.pending.pop_front();
  const Question asked = world.answers.Read(request.request);
  std::move(request.done)(world.answers.Report(asked, {.code = 1}));
}

class ZipfTrace : public testing::TestWithParam<v1::VirusTotalApi> {};

TEST_P(ZipfTrace, EachLifetimeOfAnIndicatorCostsOneRequestAtMost) {
  Lasting lasting;
  World world(BigConfig(GetParam()), lasting);
  Windows windows(absl::Hours(24) * 0.9);  // a tenth of jitter
  const Zipf zipf(kIndicators);
  std::mt19937 random(1);
  const Want want;
  int answered = 0;
  v1::Indicator asked;
  for (int i = 0; i < kAsks; ++i) {
    world.loop.Advance(kSpan / kAsks);
    const int indicator = zipf.Draw(random);
    windows.Ask(indicator, lasting.clock.Now());
    SetIndicator(Kind::kDomain, absl::StrCat("d", indicator, ".com"), &asked);
    FastPath::Outcome outcome =
        world.front.Try(RawIndicatorOf(asked), want, lasting.clock.Now());
    if (std::holds_alternative<Answer>(outcome)) {
      ++answered;
      continue;
    }
    auto& miss = std::get<Miss>(outcome);
    world.resolver.Resolve(world.resolver.ReserveIds(1), std::move(miss),
                           [&answered](const absl::StatusOr<Answer>& answer) {
                             answered += answer.ok() ? 1 : 0;
                           });
    world.loop.RunPosted();
    // VirusTotal answers while four more are asked.
    while (world.http.pending.size() > 4) AnswerOldest(world);
  }
  while (!world.http.pending.empty()) AnswerOldest(world);
  world.loop.RunPosted();
  EXPECT_EQ(answered, kAsks);
  EXPECT_LE(world.http.started, windows.begun());
  EXPECT_GT(world.http.started, kIndicators / 2);
  RecordProperty("requests", world.http.started);
  RecordProperty("lifetimes", windows.begun());
}

INSTANTIATE_TEST_SUITE_P(Apis, ZipfTrace, kBothApis, NameOfApi);

}  // namespace
}  // namespace vtlookup
