#include "virustotal/api/url_id.h"

#include <openssl/sha.h>

#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"
#include "core/same_url.h"

namespace vtlookup {

std::string UrlIdOf(std::string_view url) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(url.data()), url.size(),
         digest);
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(digest), sizeof digest));
}

bool CanBeIdOf(std::string_view url, std::string_view id) {
  return id == UrlIdOf(url) || id == UrlIdOf(ComparableUrl(url));
}

bool IsSha256(std::string_view text) {
  return text.size() == 64 &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string_view Sha256OfScanId(std::string_view scan_id) {
  constexpr size_t kHash = 64;
  if (scan_id.size() < kHash + 2 || scan_id[kHash] != '-' ||
      scan_id.find_first_not_of("0123456789", kHash + 1) !=
          std::string_view::npos ||
      !IsSha256(scan_id.substr(0, kHash))) {
    return {};
  }
  return scan_id.substr(0, kHash);
}

}  // namespace vtlookup
