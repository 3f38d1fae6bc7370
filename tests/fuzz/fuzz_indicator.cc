// The promises of Indicator: a canonical form is its own canonical form, and
// has no control character.

#include <algorithm>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "core/indicator.h"
#include "tests/fuzz/fuzz.h"

namespace vtlookup {
namespace {

void Check(bool holds) {
  if (!holds) std::abort();
}

bool IsPlain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return absl::ascii_isascii(byte) && !absl::ascii_iscntrl(byte);
}

}  // namespace

void FuzzIndicator(std::string_view data) {
  for (const Kind kind :
       {Kind::kFile, Kind::kUrl, Kind::kDomain, Kind::kIp, Kind::kUrlScan}) {
    const auto indicator = Indicator::Parse(kind, data);
    if (!indicator.ok()) continue;
    const std::string_view text = indicator->text();
    Check(!text.empty());
    Check(std::all_of(text.begin(), text.end(), IsPlain));
    const auto again = Indicator::Parse(kind, text);
    // %XX for bytes beyond ASCII may take a URL over the limit of length.
    if (text.size() > Indicator::kMaxText) continue;
    Check(again.ok() && *again == *indicator);
  }
}

}  // namespace vtlookup

VTLOOKUP_FUZZER(FuzzIndicator)
