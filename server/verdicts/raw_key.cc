#include "server/verdicts/raw_key.h"

#include "absl/status/statusor.h"
#include "server/verdicts/stored_verdict.h"
#include "virustotal/api/url_id.h"
#include "vtlookup/v1/verdict.pb.h"

namespace vtlookup {
namespace {

constexpr size_t kSha256 = 64;

std::string KeyFor(Kind kind, std::string_view text) {
  std::string key(1, static_cast<char>(kind));
  key.append(text);
  return key;
}

// Empty when the value is no StoredVerdict.
v1::Verdict SummaryOf(std::string_view value) {
  v1::Verdict summary;
  const absl::StatusOr<StoredVerdict> head = StoredVerdict::Peek(value);
  if (!head.ok()) return summary;
  summary.ParseFromArray(value.data() + StoredVerdict::kHeader,
                         static_cast<int>(head->summary_size));
  return summary;
}

}  // namespace

// No canonical URL is a hash, so the keys differ from those of reports.
std::string UrlNameKey(std::string_view sha256) {
  return KeyFor(Kind::kUrl, sha256);
}

std::string UrlNameKeyOf(Kind kind, std::string_view value) {
  if (kind != Kind::kUrl) return {};
  const std::string scan_id = SummaryOf(value).scan_id();
  const std::string_view sha256 = Sha256OfScanId(scan_id);
  return sha256.empty() ? std::string() : UrlNameKey(sha256);
}

std::string RawKeyOf(Kind kind, std::string_view indicator,
                     std::string_view value) {
  if (kind != Kind::kFile || indicator.size() == kSha256) {
    return KeyFor(kind, indicator);
  }
  const std::string sha256 = SummaryOf(value).file().sha256();
  return KeyFor(kind, sha256.empty() ? indicator : std::string_view(sha256));
}

}  // namespace vtlookup
