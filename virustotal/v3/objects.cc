#include "virustotal/v3/objects.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "core/text.h"
#include "virustotal/http/url_encoding.h"

namespace vtlookup {

std::string_view ObjectTypeV3(Kind kind) {
  switch (kind) {
    case Kind::kFile:
      return "file";
    case Kind::kUrl:
      return "url";
    case Kind::kDomain:
      return "domain";
    case Kind::kIp:
      return "ip_address";
    case Kind::kUrlScan:
      return "analysis";
  }
  return "";
}

std::string ObjectPathV3(const Indicator& indicator) {
  const std::string_view text = indicator.text();
  switch (indicator.kind()) {
    case Kind::kFile:
      return absl::StrCat("files/", ToAbsl(text));
    case Kind::kUrl:
      // Base64 of the URL, with the URL-safe alphabet and without padding.
      // VirusTotal computes its own canonical form from it.
      return absl::StrCat("urls/", absl::WebSafeBase64Escape(ToAbsl(text)));
    case Kind::kDomain:
      return absl::StrCat("domains/", EncodePathSegment(text));
    case Kind::kIp:
      return absl::StrCat("ip_addresses/", EncodePathSegment(text));
    case Kind::kUrlScan:
      return absl::StrCat("analyses/", kUrlAnalysisV3, ToAbsl(text));
  }
  return "";
}

}  // namespace vtlookup
