#include "server/verdicts/verdict_keeper.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "core/response_code.h"
#include "server/proto/times.h"
#include "server/verdicts/stored_verdict.h"
#include "server/verdicts/ttl_policy.h"

namespace vtlookup {
namespace {

// The other names of the file, so that it is found by any of them. Only when
// VirusTotal's report is about the file that was asked.
std::vector<Indicator> AliasesOf(const Indicator& indicator,
                                 const v1::Verdict& verdict) {
  std::vector<Indicator> names;
  if (indicator.kind() != Kind::kFile ||
      verdict.response_code() != ResponseCode::kPresent) {
    return names;
  }
  const v1::FileReport& file = verdict.file();
  for (const std::string* hash : {&file.md5(), &file.sha1(), &file.sha256()}) {
    absl::StatusOr<Indicator> name = Indicator::Parse(Kind::kFile, *hash);
    if (name.ok()) names.push_back(*std::move(name));
  }
  const auto own = std::find(names.begin(), names.end(), indicator);
  if (own == names.end()) return {};
  names.erase(own);
  return names;
}

// What is known of the indicator, as far as it bears on a new verdict.
struct Known {
  std::optional<ResponseCode> code;
  int polls = 0;
};

// `found` may be null.
Known KnownOf(const Cache::Found* found, bool awaited, absl::Time now) {
  if (found == nullptr) return {};
  const absl::StatusOr<StoredVerdict> head =
      StoredVerdict::Peek(*found->entry.value);
  if (!head.ok()) return {};
  Known known;
  known.polls = head->polls;
  // That a scan is queued counts as long as we wait for it.
  if ((head->response_code == ResponseCode::kQueued && awaited) ||
      FreshnessAt(found->entry, now) != Freshness::kGone) {
    known.code = head->response_code;
  }
  return known;
}

}  // namespace

VerdictKeeper::Kept VerdictKeeper::Keep(const Indicator& indicator, Ask ask,
                                        Upstream::Reply reply,
                                        const Cache::Found* previous,
                                        bool awaited, absl::Time now) {
  // A flight of another ask for the indicator may have landed meanwhile.
  const Cache::Peeked peeked = cache_.Peek(indicator.key());
  const Known known = KnownOf(
      peeked.found.has_value() ? &*peeked.found : previous, awaited, now);
  // A new scan begins to be waited for anew.
  const int polls = ask == Ask::kSubmit ? 0 : known.polls;
  v1::Verdict& verdict = *reply.verdict;
  const int32_t code = verdict.response_code();
  Lifetime lifetime = LifetimeOf(verdict, indicator, polls, config_);
  if (!reply.missing.ok()) {
    lifetime.fresh =
        std::min(lifetime.fresh, ToAbslDuration(config_.ttl().queued()));
  }
  std::vector<Indicator> aliases = AliasesOf(indicator, verdict);
  Entry entry{
      .value = std::make_shared<const std::string>(StoredVerdict::EncodeFrom(
          &verdict, code == ResponseCode::kQueued ? polls + 1 : 0,
          ask == Ask::kReportOrSubmit)),
      .stored = now,
      .fresh_until = now + lifetime.fresh,
      .usable_until = now + lifetime.usable};
  // A scan that was asked for does not make a known report unknown, nor does
  // "not known" undo that a scan is queued.
  const bool says_less =
      (ask == Ask::kSubmit && known.code == ResponseCode::kPresent) ||
      (code == ResponseCode::kMissing && known.code == ResponseCode::kQueued);
  if (says_less) {
    return {.entry = std::move(entry), .stored = false, .aliases = {}};
  }
  cache_.Put(indicator.key(), entry);
  for (const Indicator& alias : aliases) cache_.Put(alias.key(), entry);
  return {
      .entry = std::move(entry), .stored = true, .aliases = std::move(aliases)};
}

}  // namespace vtlookup
