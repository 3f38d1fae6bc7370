#include "virustotal/v2/request.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/text.h"
#include "virustotal/http/url_encoding.h"

namespace vtlookup {
namespace {

HttpRequest Post(std::string url, std::string form) {
  return {.url = std::move(url), .form = std::move(form), .headers = {}};
}

// A request about a domain or an address. The key is in the query, because v2
// accepts only GET for these two.
HttpRequest Get(const std::string& url, const std::string& query) {
  return {.url = absl::StrCat(url, "?", query),
          .form = std::nullopt,
          .headers = {}};
}

}  // namespace

HttpRequest RequestV2(std::string_view base_url, std::string_view api_key,
                      const Indicator& indicator, Purpose purpose) {
  const std::string api = absl::StrCat(ToAbsl(base_url), "/vtapi/v2/");
  const std::string_view text = indicator.text();
  switch (indicator.kind()) {
    case Kind::kFile:
      return Post(absl::StrCat(api, "file/report"),
                  EncodeForm({{"apikey", api_key}, {"resource", text}}));
    case Kind::kUrl:
      if (purpose == Purpose::kSubmit) {
        return Post(absl::StrCat(api, "url/scan"),
                    EncodeForm({{"apikey", api_key}, {"url", text}}));
      }
      return Post(
          absl::StrCat(api, "url/report"),
          EncodeForm(
              {{"apikey", api_key},
               {"resource", text},
               {"scan", purpose == Purpose::kReportOrSubmit ? "1" : "0"}}));
    case Kind::kUrlScan:
      return Post(absl::StrCat(api, "url/report"),
                  EncodeForm({{"apikey", api_key}, {"resource", text}}));
    case Kind::kDomain:
      return Get(absl::StrCat(api, "domain/report"),
                 EncodeForm({{"apikey", api_key}, {"domain", text}}));
    case Kind::kIp:
      return Get(absl::StrCat(api, "ip-address/report"),
                 EncodeForm({{"apikey", api_key}, {"ip", text}}));
  }
  return {};
}

}  // namespace vtlookup
