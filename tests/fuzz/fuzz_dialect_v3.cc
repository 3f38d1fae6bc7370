// The promises of the dialect of API v3, wherever in a dialogue the bytes come:
// they become a verdict that makes sense, or a failure; there are counts only
// with a report; a report about a URL or a file has counts; and every dialogue
// ends.

#include <cstdlib>
#include <string>
#include <utility>

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
  const bool counted = kind == Kind::kUrl || kind == Kind::kFile;
  if (code != 1) Check(!verdict.has_positives());
  if (code == 1 && counted) Check(verdict.has_positives());
  Check(verdict.has_total() == verdict.has_positives());
  Check(verdict.positives() <= verdict.total());
  Check(!verdict.message().empty());
  std::string bytes;
  Check(verdict.SerializeToString(&bytes));
  v1::Verdict again;
  Check(again.ParseFromString(bytes));
}

// Answers every request with the same bytes: the first with the HTTP status
// `first`, the others with `then`.
void Run(const Indicator& indicator, Purpose purpose, int first, int then,
         const std::string& body) {
  Access access = TestAccess();
  access.premium = true;
  access.premium_pages = 3;
  const auto dialogue = kDialectV3.start(access, indicator, purpose);
  dialogue->Begin();
  int status = first;
  for (int turns = 0; turns < 20; ++turns) {
    Dialogue::Step turn = dialogue->Take(
        HttpResponse{.status = status, .retry_after = {}, .body = body});
    status = then;
    if (turn.next.has_value()) continue;
    if (turn.verdict.ok()) CheckVerdict(indicator.kind(), **turn.verdict);
    return;
  }
  std::abort();  // the dialogue does not end
}

}  // namespace

void FuzzDialectV3(std::string_view data) {
  const std::string body(data);
  for (const auto& [kind, text] :
       {std::pair(Kind::kUrl, std::string("http://a.com/")),
        std::pair(Kind::kFile, std::string(64, 'a')),
        std::pair(Kind::kDomain, std::string("a.com")),
        std::pair(Kind::kIp, std::string("1.2.3.4")),
        std::pair(Kind::kUrlScan, std::string(64, 'a') + "-1700000000")}) {
    const Indicator indicator = *Indicator::Parse(kind, text);
    Run(indicator, Purpose::kReport, 200, 200, body);
    Run(indicator, Purpose::kReportOrSubmit, 404, 200, body);
    if (kind == Kind::kUrl) Run(indicator, Purpose::kSubmit, 200, 200, body);
  }
}

}  // namespace vtlookup

VTLOOKUP_FUZZER(FuzzDialectV3)
