#include "server/config/check_names.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/secret.h"
#include "core/text.h"

namespace vtlookup {

bool IsPlainName(const std::string& name) {
  return !name.empty() && name.size() <= 64 &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return absl::ascii_isalnum(c) || c == '.' || c == '-' || c == '_';
         });
}

void CheckNoSecret(const std::string& value, const std::string& at,
                   ConfigErrors* errors) {
  if (!LooksLikeSecret(value)) return;
  errors->push_back(absl::StrCat(
      at,
      ": looks like a key or a token; write a name, because this value is "
      "shown in logs, in metrics and on the status page"));
}

void CheckFileName(const std::string& value, const std::string& at,
                   std::string_view instead, ConfigErrors* errors) {
  const bool path =
      absl::StrContains(value, '/') && !absl::StartsWith(value, "-----");
  if (path || !LooksLikeSecret(value)) return;
  errors->push_back(absl::StrCat(at,
                                 ": looks like the secret itself; write the "
                                 "name of a file that holds it",
                                 ToAbsl(instead)));
}

}  // namespace vtlookup
