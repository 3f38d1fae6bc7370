#include "virustotal/v3/request.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "core/text.h"

namespace vtlookup {

HttpRequest GetV3(std::string_view base_url, std::string_view api_key,
                  std::string_view path) {
  return {.url = absl::StrCat(ToAbsl(base_url), "/api/v3/", ToAbsl(path)),
          .form = std::nullopt,
          .headers = {absl::StrCat("x-apikey: ", ToAbsl(api_key)),
                      "x-tool: vtlookupd", "Accept: application/json"}};
}

}  // namespace vtlookup
