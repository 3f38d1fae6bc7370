#include "server/verdicts/raw_key.h"

#include "absl/status/statusor.h"
#include "server/verdicts/stored_verdict.h"
#include "vtlookup/v1/verdict.pb.h"

namespace vtlookup {
namespace {

constexpr size_t kSha256 = 64;

std::string KeyFor(Kind kind, std::string_view text) {
  std::string key(1, static_cast<char>(kind));
  key.append(text);
  return key;
}

// The hash is in the summary. Empty when the verdict has none.
std::string Sha256In(std::string_view value) {
  const absl::StatusOr<StoredVerdict> head = StoredVerdict::Peek(value);
  if (!head.ok()) return {};
  v1::Verdict summary;
  summary.ParseFromArray(value.data() + StoredVerdict::kHeader,
                         static_cast<int>(head->summary_size));
  return summary.file().sha256();
}

}  // namespace

// No canonical URL is a hash, so the keys differ from those of reports.
std::string UrlNameKey(std::string_view sha256) {
  return KeyFor(Kind::kUrl, sha256);
}

std::string RawKeyOf(Kind kind, std::string_view indicator,
                     std::string_view value) {
  if (kind != Kind::kFile || indicator.size() == kSha256) {
    return KeyFor(kind, indicator);
  }
  const std::string sha256 = Sha256In(value);
  return KeyFor(kind, sha256.empty() ? indicator : std::string_view(sha256));
}

}  // namespace vtlookup
