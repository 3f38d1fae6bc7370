#include "server/verdicts/verdict_keeper.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "core/response_code.h"
#include "server/proto/times.h"
#include "server/verdicts/raw_key.h"
#include "server/verdicts/stored_verdict.h"
#include "server/verdicts/ttl_policy.h"

namespace vtlookup {
namespace {

// Returns the other hashes of the file, so that each of them finds it. Empty
// unless the report is about the file that was looked up.
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

// The part of the cached entry that matters for a new verdict.
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
  // A queued scan counts as long as somebody waits for it.
  if ((head->response_code == ResponseCode::kQueued && awaited) ||
      FreshnessAt(found->entry, now) != Freshness::kGone) {
    known.code = head->response_code;
  }
  return known;
}

}  // namespace

VerdictKeeper::Kept VerdictKeeper::Keep(const Indicator& indicator,
                                        Purpose purpose, Upstream::Reply reply,
                                        const Cache::Found* previous,
                                        bool awaited, absl::Time now) {
  // A flight for the same indicator with another Purpose may have landed
  // meanwhile.
  const Cache::Peeked peeked = cache_.Peek(indicator.key());
  const Known known = KnownOf(
      peeked.found.has_value() ? &*peeked.found : previous, awaited, now);
  // The polls of a new scan are counted from 0.
  const int polls = purpose == Purpose::kSubmit ? 0 : known.polls;
  v1::Verdict& verdict = *reply.verdict;
  const int32_t code = verdict.response_code();
  Lifetime lifetime = LifetimeOf(verdict, indicator, polls, config_);
  if (!reply.incomplete_because.ok()) {
    lifetime.fresh =
        std::min(lifetime.fresh, ToAbslDuration(config_.ttl().queued()));
  }
  std::vector<Indicator> aliases = AliasesOf(indicator, verdict);
  Entry entry{
      .value = std::make_shared<const std::string>(StoredVerdict::EncodeFrom(
          &verdict, code == ResponseCode::kQueued ? polls + 1 : 0,
          purpose == Purpose::kReportOrSubmit)),
      .stored = now,
      .fresh_until = now + lifetime.fresh,
      .usable_until = now + lifetime.usable};
  // The answer to a submission does not replace a known report, and "not known"
  // does not replace "queued".
  const bool says_less =
      (purpose == Purpose::kSubmit && known.code == ResponseCode::kPresent) ||
      (code == ResponseCode::kMissing && known.code == ResponseCode::kQueued);
  if (says_less) {
    return {.entry = std::move(entry),
            .stored = false,
            .raw = nullptr,
            .aliases = {}};
  }
  cache_.Put(indicator.key(), entry);
  for (const Indicator& alias : aliases) cache_.Put(alias.key(), entry);
  Bytes raw = KeepRaw(indicator, entry, std::move(reply.raw));
  return {.entry = std::move(entry),
          .stored = true,
          .raw = std::move(raw),
          .aliases = std::move(aliases)};
}

Bytes VerdictKeeper::KeepRaw(const Indicator& indicator, const Entry& entry,
                             std::string raw) {
  if (raw.empty() || !raws_.on()) return nullptr;
  Entry kept = entry;
  const std::string name = UrlNameKeyOf(indicator.kind(), *entry.value);
  if (!name.empty()) {
    kept.value = std::make_shared<const std::string>(indicator.text());
    raws_.Put(name, kept);
  }
  kept.value = std::make_shared<const std::string>(std::move(raw));
  raws_.Put(RawKeyOf(indicator.kind(), indicator.text(), *entry.value), kept);
  return kept.value;
}

}  // namespace vtlookup
