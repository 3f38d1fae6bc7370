#include "virustotal/v3/about.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/same_url.h"
#include "core/text.h"
#include "virustotal/api/url_id.h"
#include "virustotal/v3/objects.h"

namespace vtlookup {
namespace {

// Whether an object with this id is about the asked URL. `told`: the URL in the
// object, or empty. The id is the hash of VirusTotal's canonical form of the
// URL. Without `told` we do not know that form, so the id can only be compared
// with the hashes of the forms that we know.
bool IsAboutUrl(std::string_view asked, std::string_view id,
                std::string_view told) {
  if (told.empty()) return CanBeIdOf(asked, id);
  return id == UrlIdOf(told) && IsSameUrl(asked, told);
}

// The id of a file's object is its SHA-256. The object's own SHA-256, if there
// is one, must be the same, and its hash of the asked kind must be `asked`.
bool IsAboutFile(std::string_view asked, std::string_view id,
                 const v1::FileReport& file) {
  if (!IsSha256(id)) return false;
  const auto agrees = [](std::string_view hash, std::string_view known) {
    return absl::EqualsIgnoreCase(ToAbsl(hash), ToAbsl(known));
  };
  if (!file.sha256().empty() && !agrees(file.sha256(), id)) return false;
  if (asked.size() == 64) return asked == id;
  return agrees(asked.size() == 40 ? file.sha1() : file.md5(), asked);
}

}  // namespace

bool IsAboutScanV3(std::string_view scan_id, const ObjectV3& object) {
  const std::string_view url_id = scan_id.substr(0, scan_id.find('-'));
  return object.id == absl::StrCat(kUrlAnalysisV3, ToAbsl(scan_id)) &&
         (object.item_id.empty() || object.item_id == url_id) &&
         (object.item_url.empty() || UrlIdOf(object.item_url) == url_id);
}

bool IsAboutV3(const Indicator& indicator, const ObjectV3& object) {
  if (object.type != ObjectTypeV3(indicator.kind())) return false;
  switch (indicator.kind()) {
    case Kind::kFile:
      return IsAboutFile(indicator.text(), object.id, object.verdict->file());
    case Kind::kDomain:
    case Kind::kIp: {
      const auto named = Indicator::Parse(indicator.kind(), object.id);
      return named.ok() && *named == indicator;
    }
    case Kind::kUrlScan:
      return IsAboutScanV3(indicator.text(), object);
    case Kind::kUrl:
      return IsAboutUrl(indicator.text(), object.id,
                        object.verdict->url().url());
  }
  return false;
}

}  // namespace vtlookup
