#include "core/defanged.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/text.h"

namespace vtlookup {

// `http` with other letters in its middle: hxxp, htxp, httx is no URL.
bool IsDefangedScheme(std::string_view scheme) {
  std::string lower = absl::AsciiStrToLower(ToAbsl(scheme));
  if (lower == "fxp" || lower == "fxps") return true;
  if (lower.ends_with('s')) lower.pop_back();
  return lower.size() == 4 && lower.front() == 'h' && lower.back() == 'p' &&
         lower != "http";
}

bool HasDefangedDots(std::string_view host) {
  // Nearly every host ends here, without an allocation.
  if (host.find_first_of("[({") == std::string_view::npos) return false;
  const std::string lower = absl::AsciiStrToLower(ToAbsl(host));
  for (const char* mark : {".", "dot", ":", "at", "@"}) {
    for (const char* const brackets : {"[]", "()", "{}"}) {
      const std::string one(1, brackets[0]);
      if (absl::StrContains(lower, absl::StrCat(one, mark, brackets + 1))) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace vtlookup
