#include "server/operators/failure_log.h"

#include <gtest/gtest.h>

#include <vector>

#include "virustotal/http/failures.h"

namespace vtlookup {
namespace {

TEST(FailureLog, TellsEachReasonOnceAMinuteWithTheNumberSince) {
  std::vector<std::string> lines;
  FailureLog log([&](std::string_view line) { lines.emplace_back(line); });
  absl::Duration now = absl::Hours(1);
  log.Note(KeyRefused(), now);
  log.Note(KeyRefused(), now);
  log.Note(QuotaUsedUp("minute", absl::Seconds(1)), now);
  log.Note(KeyRefused(), now + absl::Seconds(59));
  EXPECT_EQ(lines,
            (std::vector<std::string>{
                "API_KEY_REFUSED: VirusTotal refuses the API key (1 failure)",
                "QUOTA_MINUTE_EXCEEDED: the API key's quota per minute is used "
                "up (1 failure)"}));
  log.Note(KeyRefused(), now + absl::Seconds(60));
  EXPECT_EQ(lines.back(),
            "API_KEY_REFUSED: VirusTotal refuses the API key (3 failures since "
            "this was last logged)");
}

}  // namespace
}  // namespace vtlookup
