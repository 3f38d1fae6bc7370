#include "server/operators/admin/cached_entries.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "core/response_code.h"
#include "core/text.h"
#include "server/misses/refusals.h"
#include "server/operators/admin/plausible.h"
#include "server/operators/admin/raw_entries.h"
#include "server/operators/run_on_loop.h"
#include "server/proto/indicator_fields.h"
#include "server/proto/times.h"
#include "server/transport/grpc_status.h"
#include "server/verdicts/answer.h"
#include "server/verdicts/stored_verdict.h"

namespace vtlookup {
namespace {

constexpr int kUsualPage = 100;
constexpr int kLargestPage = 1000;
// Changes in one task of the loop, which must also answer lookups.
constexpr size_t kAtOnce = 256;
constexpr absl::Duration kBetweenLooks = absl::Milliseconds(10);
constexpr int kMostLooks = 1000;
constexpr absl::Duration kLongestLife = absl::Hours(24 * 366);

std::optional<Indicator> IndicatorOf(std::string_view key) {
  if (key.empty()) return std::nullopt;
  absl::StatusOr<Indicator> indicator =
      Indicator::Parse(static_cast<Kind>(key.front()), key.substr(1));
  if (!indicator.ok()) return std::nullopt;
  return *std::move(indicator);
}

v1::Verdict SummaryOf(std::string_view value, const StoredVerdict& head) {
  v1::Verdict summary;
  summary.ParseFromArray(value.data() + StoredVerdict::kHeader,
                         static_cast<int>(head.summary_size));
  return summary;
}

// A deleted entry. It is never served, and the disk tier drops it in time.
Entry Tombstone(absl::Time now) {
  static const Bytes nothing = std::make_shared<const std::string>();
  return {.value = nothing,
          .stored = now,
          .fresh_until = absl::UnixEpoch(),
          .usable_until = absl::UnixEpoch()};
}

absl::Status Mistake(std::string_view what) {
  return absl::InvalidArgumentError(ToAbsl(what));
}

// Whether a change may still be made to the entry that is cached now. An entry
// that is only on disk is still the one that was read.
bool StillFits(const Cache::Peeked& cached, const Entry& entry,
               std::optional<absl::Time> expected, absl::Time now) {
  if (!cached.found.has_value()) {
    return cached.state == Cache::State::kUnknown || !expected.has_value();
  }
  const Entry& there = cached.found->entry;
  if (expected.has_value()) return there.stored == *expected;
  return IsNewer(entry, there, now) ||
         FreshnessAt(there, now) == Freshness::kGone;
}

// Waits until half of the room for pending writes is free, but not without a
// limit.
void WaitForDisk(WriteBehind& writes) {
  for (int i = 0; i < kMostLooks && writes.HalfFull(); ++i) {
    absl::SleepFor(kBetweenLooks);
  }
}

bool IsValid(const google::protobuf::Timestamp& time) {
  constexpr int64_t kYear10000 = 253'402'300'800;
  return time.seconds() >= 0 && time.seconds() < kYear10000 &&
         time.nanos() >= 0 && time.nanos() < 1'000'000'000;
}

// Returns the exported entry. InvalidArgument when the message has no valid
// one.
absl::StatusOr<CachedEntries::Found> FromCacheEntry(v1::CacheEntry from,
                                                    absl::Time now) {
  const RawIndicator text = RawIndicatorOf(from.indicator());
  if (text.text.empty()) return Mistake("the entry has no indicator");
  absl::StatusOr<Indicator> indicator = Indicator::Parse(text.kind, text.text);
  if (!indicator.ok()) return indicator.status();
  if (absl::Status status = CheckPlausible(from, *indicator); !status.ok()) {
    return status;
  }
  const int32_t code = from.verdict().response_code();
  const absl::Time stored = ToAbslTime(from.fetch_time());
  const absl::Time fresh_until = ToAbslTime(from.expire_time());
  if (!from.has_fetch_time() || !from.has_expire_time() ||
      !IsValid(from.fetch_time()) || !IsValid(from.expire_time()) ||
      !IsValid(from.stale_until())) {
    return Mistake(
        "fetch_time or expire_time is missing, or a time is invalid");
  }
  // This machine's or the exporting machine's clock is wrong, so the age of the
  // entry is not known.
  if (stored > now + kClockSlack) {
    return Mistake("fetch_time is in the future, by the clock of this machine");
  }
  if (fresh_until > stored + kLongestLife) {
    return Mistake("expire_time is more than 366 days after fetch_time");
  }
  // A queued verdict must never stand in.
  const absl::Time usable_until =
      code == ResponseCode::kQueued
          ? fresh_until
          : std::clamp(ToAbslTime(from.stale_until()), fresh_until,
                       fresh_until + kLongestLife);
  from.mutable_verdict()->clear_indicator();
  return CachedEntries::Found{
      *std::move(indicator),
      Entry{.value = std::make_shared<const std::string>(StoredVerdict::Encode(
                std::move(*from.mutable_verdict()),
                static_cast<int>(std::min<uint32_t>(from.polls(), 255)),
                from.asked_to_scan())),
            .stored = stored,
            .fresh_until = fresh_until,
            .usable_until = usable_until}};
}

}  // namespace

v1::CacheEntry ToCacheEntry(const CachedEntries::Found& found, bool full) {
  v1::CacheEntry out;
  SetIndicator(found.indicator.kind(), found.indicator.text(),
               out.mutable_indicator());
  SetTimestamp(found.entry.stored, out.mutable_fetch_time());
  SetTimestamp(found.entry.fresh_until, out.mutable_expire_time());
  SetTimestamp(found.entry.usable_until, out.mutable_stale_until());
  const std::string& value = *found.entry.value;
  const absl::StatusOr<StoredVerdict> head = StoredVerdict::Peek(value);
  if (!head.ok()) return out;
  *out.mutable_verdict() =
      full ? DecodeVerdict(value) : SummaryOf(value, *head);
  out.set_polls(static_cast<uint32_t>(head->polls));
  out.set_asked_to_scan(head->asked_to_scan);
  return out;
}

v1::CacheEntry CachedEntries::ForExport(const Found& found,
                                        bool with_raw) const {
  v1::CacheEntry out = ToCacheEntry(found, /*full=*/true);
  if (with_raw) ExportRaw(found, raws_, &out);
  return out;
}

// Any hash of a file stands for all hashes of that file.
std::vector<CachedEntries::Found> CachedEntries::Named(
    const std::vector<Indicator>& indicators) const {
  std::set<std::string> keys;
  for (const Indicator& indicator : indicators) {
    keys.insert(indicator.key());
    if (indicator.kind() != Kind::kFile) continue;
    const std::optional<Cache::Found> found = cache_.Get(indicator.key());
    if (!found.has_value()) continue;
    if (!StoredVerdict::Peek(*found->entry.value).ok()) continue;
    const v1::FileReport file = DecodeVerdict(*found->entry.value).file();
    for (const std::string* hash :
         {&file.md5(), &file.sha1(), &file.sha256()}) {
      const auto name = Indicator::Parse(Kind::kFile, *hash);
      if (name.ok()) keys.insert(name->key());
    }
  }
  std::vector<Found> named;
  for (const std::string& key : keys) {
    const std::optional<Cache::Found> found = cache_.Get(key);
    if (found.has_value()) named.push_back({*IndicatorOf(key), found->entry});
  }
  return named;
}

absl::Status CachedEntries::ForEach(const EntryFilter& filter,
                                    std::string_view from,
                                    const Visit& visit) const {
  const absl::Time now = clock_.Now();
  if (filter.indicators().has_value()) {
    for (Found& found : Named(*filter.indicators())) {
      if (found.indicator.key() < from ||
          !filter.Fits(found.indicator.key(), found.entry, now)) {
        continue;
      }
      if (!visit(std::move(found))) break;
    }
    return absl::OkStatus();
  }
  const absl::Status status =
      cache_.Scan(from, [&](std::string_view key, const Entry& entry) {
        if (stopped_) return false;
        if (!filter.Fits(key, entry, now)) return true;
        std::optional<Indicator> indicator = IndicatorOf(key);
        return !indicator.has_value() || visit({*std::move(indicator), entry});
      });
  return stopped_ ? ShuttingDown() : status;
}

absl::StatusOr<v1::ListEntriesResponse> CachedEntries::List(
    const v1::ListEntriesRequest& request) const {
  const absl::StatusOr<EntryFilter> filter =
      EntryFilter::Parse(request.filter());
  if (!filter.ok()) return filter.status();
  if (request.page_size() < 0) {
    return BadField("page_size", "must not be negative");
  }
  std::string from;
  if (!absl::WebSafeBase64Unescape(request.page_token(), &from)) {
    return BadField("page_token",
                    "must be a next_page_token of an earlier response");
  }
  const int size = request.page_size() == 0
                       ? kUsualPage
                       : std::min(request.page_size(), kLargestPage);
  v1::ListEntriesResponse response;
  const absl::Status status = ForEach(*filter, from, [&](const Found& found) {
    if (response.entries_size() == size) {
      response.set_next_page_token(
          absl::WebSafeBase64Escape(found.indicator.key()));
      return false;
    }
    *response.add_entries() = ToCacheEntry(found, request.full());
    return true;
  });
  if (!status.ok()) return status;
  return response;
}

absl::StatusOr<uint64_t> CachedEntries::Apply(std::vector<Change> changes) {
  struct Applied {
    uint64_t count = 0;
    uint64_t unwritten = 0;
  };
  WaitForDisk(cache_.writes());
  if (raws_.on()) WaitForDisk(raws_.writes());
  const std::optional<Applied> applied =
      RunOnLoop(loop_, [&cache = cache_, &raws = raws_, now = clock_.Now(),
                        changes = std::move(changes)] {
        Applied sum;
        for (const auto& [found, raw, expected] : changes) {
          if (!StillFits(cache.Peek(found.indicator.key()), found.entry,
                         expected, now)) {
            continue;
          }
          ++sum.count;
          if (!cache.Put(found.indicator.key(), found.entry)) ++sum.unwritten;
          if (raw != nullptr && !PutRaw(found, raw, &raws)) ++sum.unwritten;
        }
        return sum;
      });
  if (!applied.has_value()) {
    return absl::UnavailableError(absl::StrCat(
        LoopDoesNotRespond().message(),
        ". Some entries may still be changed later: list them before you try "
        "again"));
  }
  if (applied->unwritten > 0) {
    return absl::ResourceExhaustedError(
        absl::StrCat(applied->unwritten,
                     " entries were changed in memory only, because too many "
                     "writes wait for the disk (limits.max_pending_writes); a "
                     "restart would undo these changes"));
  }
  return applied->count;
}

absl::StatusOr<v1::InvalidateEntriesResponse> CachedEntries::Invalidate(
    const v1::InvalidateEntriesRequest& request) {
  const absl::StatusOr<EntryFilter> filter =
      EntryFilter::Parse(request.filter());
  if (!filter.ok()) return filter.status();
  if (filter->empty() != request.all()) {
    return BadField(
        "filter",
        request.all()
            ? "must be empty when all is set (--all)"
            : "must not be empty; to select all entries, set all (--all)");
  }
  const absl::Time now = clock_.Now();
  v1::InvalidateEntriesResponse response;
  std::vector<Change> changes;
  absl::Status applied = absl::OkStatus();
  uint64_t raws_left = 0;
  const auto apply = [&] {
    const absl::StatusOr<uint64_t> count =
        Apply(std::exchange(changes, std::vector<Change>()));
    if (!count.ok()) {
      applied = count.status();
      return false;
    }
    response.set_invalidated(response.invalidated() + *count);
    return true;
  };
  const absl::Status status = ForEach(*filter, "", [&](Found found) {
    response.set_matched(response.matched() + 1);
    if (request.dry_run()) return true;
    const absl::Time stored = found.entry.stored;
    if (request.hard()) {
      if (raws_.on()) WaitForDisk(raws_.writes());
      if (!RemoveRaw(found, now, &raws_)) ++raws_left;
      found.entry = Tombstone(now);
    } else if (found.entry.fresh_until > now) {
      found.entry.fresh_until = now;
      // A queued verdict must never stand in.
      if (CodeOf(found.entry) == ResponseCode::kQueued)
        found.entry.usable_until = now;
    } else {
      return true;  // it is stale already
    }
    changes.push_back({std::move(found), nullptr, stored});
    return changes.size() < kAtOnce || apply();
  });
  if (!changes.empty() && applied.ok()) apply();
  if (!applied.ok()) return applied;
  if (!status.ok()) return status;
  if (raws_left > 0) return RawsLeft(raws_left);
  return response;
}

absl::StatusOr<v1::ImportEntriesResponse> CachedEntries::Import(
    const std::function<bool(v1::CacheEntry*)>& next) {
  v1::ImportEntriesResponse response;
  std::vector<Change> changes;
  const auto apply = [&]() -> absl::Status {
    const size_t count = changes.size();
    const absl::StatusOr<uint64_t> applied =
        Apply(std::exchange(changes, std::vector<Change>()));
    if (!applied.ok()) return applied.status();
    response.set_imported(response.imported() + *applied);
    response.set_older(response.older() + count - *applied);
    return absl::OkStatus();
  };
  v1::CacheEntry each;
  while (next(&each)) {
    const absl::Time now = clock_.Now();
    const absl::StatusOr<Bytes> raw = RawIn(each);
    absl::StatusOr<Found> found =
        raw.ok() ? FromCacheEntry(std::move(each), now) : raw.status();
    each.Clear();
    if (!found.ok()) {
      if (response.invalid() == 0) {
        response.set_mistake(std::string(found.status().message()));
      }
      response.set_invalid(response.invalid() + 1);
      continue;
    }
    if (FreshnessAt(found->entry, now) == Freshness::kGone) {
      response.set_expired(response.expired() + 1);
      continue;
    }
    const std::optional<Cache::Found> cached =
        cache_.Get(found->indicator.key());
    const bool there = cached.has_value() &&
                       FreshnessAt(cached->entry, now) != Freshness::kGone;
    if (there && !IsNewer(found->entry, cached->entry, now)) {
      response.set_older(response.older() + 1);
      continue;
    }
    changes.push_back({*std::move(found), *raw, std::nullopt});
    if (changes.size() < kAtOnce) continue;
    if (absl::Status status = apply(); !status.ok()) return status;
  }
  if (!changes.empty()) {
    if (absl::Status status = apply(); !status.ok()) return status;
  }
  return response;
}

}  // namespace vtlookup
