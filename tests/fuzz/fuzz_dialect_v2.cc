// The promises of the dialect of API v2: any bytes become a verdict that makes
// sense, or a failure. A report about a URL or a file has counts, and no other
// verdict has counts.

#include <cstdlib>
#include <string>

#include "tests/fuzz/fuzz.h"
#include "tests/virustotal/api/dialogue_helpers.h"

namespace vtlookup {
namespace {

void Check(bool holds) {
  if (!holds) std::abort();
}

void CheckVerdict(Kind kind, const v1::Verdict& verdict) {
  const int code = verdict.response_code();
  Check(code >= -2 && code <= 1);
  const bool counts = kind == Kind::kUrl || kind == Kind::kFile;
  Check(verdict.has_positives() == (counts && code == 1));
  Check(verdict.has_total() == verdict.has_positives());
  Check(verdict.positives() <= verdict.total());
  Check(!verdict.message().empty());
  std::string bytes;
  Check(verdict.SerializeToString(&bytes));
  v1::Verdict again;
  Check(again.ParseFromString(bytes));
}

}  // namespace

void FuzzDialectV2(std::string_view data) {
  for (const auto& [kind, text] :
       {std::pair(Kind::kUrl, std::string("http://a.com/")),
        std::pair(Kind::kFile, std::string(32, 'a')),
        std::pair(Kind::kDomain, std::string("a.com")),
        std::pair(Kind::kIp, std::string("1.2.3.4"))}) {
    const auto verdict =
        ReadFirst(kDialectV2, *Indicator::Parse(kind, text), Purpose::kReport,
                  {.status = 200,
                   .retry_after = std::nullopt,
                   .body = std::string(data)});
    if (verdict.ok()) CheckVerdict(kind, *verdict);
  }
}

}  // namespace vtlookup

VTLOOKUP_FUZZER(FuzzDialectV2)
