#include "tests/bench/population.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace vtlookup::bench {
namespace {

constexpr uint64_t kEngines = 70;

// Spreads numbers over all 64 bits, deterministically (splitmix64).
uint64_t Mixed(uint64_t number) {
  number += 0x9e3779b97f4a7c15;
  number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9;
  number = (number ^ (number >> 27)) * 0x94d049bb133111eb;
  return number ^ (number >> 31);
}

template <typename Report>
void AddEngines(uint64_t number, Report* report) {
  for (uint64_t i = 0; i < kEngines; ++i) {
    v1::EngineResult* const engine = report->add_engines();
    engine->set_engine(absl::StrCat("Engine of vendor ", i));
    const uint64_t luck = Mixed(number * kEngines + i) % 20;
    engine->set_detected(luck == 0);
    engine->set_category(luck == 0   ? v1::ENGINE_CATEGORY_MALICIOUS
                         : luck == 1 ? v1::ENGINE_CATEGORY_UNDETECTED
                                     : v1::ENGINE_CATEGORY_HARMLESS);
    engine->set_result(luck == 0   ? "phishing site"
                       : luck == 1 ? "unrated site"
                                   : "clean site");
  }
}

}  // namespace

std::string TextAt(uint64_t number) {
  const std::string digits = absl::StrFormat("%012d", number / kKinds);
  switch (number % kKinds) {
    case 0:
      return absl::StrCat("http://u", digits, ".example.com/path/page.html");
    case 1:
      return absl::StrCat("d", digits, ".bench.example.com");
    default:
      return absl::StrCat(std::string(52, 'a'), digits);
  }
}

v1::Indicator IndicatorAt(uint64_t number) {
  v1::Indicator indicator;
  switch (number % kKinds) {
    case 0:
      indicator.set_url(TextAt(number));
      break;
    case 1:
      indicator.set_domain(TextAt(number));
      break;
    default:
      indicator.set_file_hash(TextAt(number));
      break;
  }
  return indicator;
}

v1::Verdict VerdictAt(uint64_t number) {
  v1::Verdict verdict;
  verdict.set_response_code(1);
  verdict.set_message("Scan finished, information embedded");
  switch (number % kKinds) {
    case 0:
      AddEngines(number, verdict.mutable_url());
      break;
    case 1:
      AddEngines(number, verdict.mutable_domain());
      break;
    default:
      AddEngines(number, verdict.mutable_file());
      break;
  }
  uint32_t positives = 0;
  for (uint64_t i = 0; i < kEngines; ++i) {
    positives += Mixed(number * kEngines + i) % 20 == 0 ? 1 : 0;
  }
  verdict.set_positives(positives);
  verdict.set_total(kEngines);
  verdict.mutable_scan_time()->set_seconds(
      1'700'000'000 + static_cast<int64_t>(Mixed(number) % 10'000'000));
  verdict.set_permalink(absl::StrCat("https://www.virustotal.com/gui/url/",
                                     std::string(52, 'a'),
                                     absl::StrFormat("%012d", number)));
  return verdict;
}

}  // namespace vtlookup::bench
