#include "tests/scenarios/answers.h"

#include "absl/strings/str_cat.h"
#include "sim/text.h"

namespace vtlookup {

const Answers& AnswersOf(v1::VirusTotalApi api) {
  return api == v1::VIRUS_TOTAL_API_V2 ? AnswersV2() : AnswersV3();
}

std::string ScanIdOf(const std::string& url, int64_t scan) {
  return absl::StrCat(vtsim::Sha256Hex(url), "-", scan);
}

}  // namespace vtlookup
