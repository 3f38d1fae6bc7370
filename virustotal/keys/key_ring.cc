#include "virustotal/keys/key_ring.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/failure.h"
#include "core/failure_reasons.h"
#include "virustotal/http/failures.h"

namespace vtlookup {
namespace {

using Record = QuotaLedger::Record;

// Bytes that are appended before a failed rewriting is tried again.
constexpr size_t kRetryAfter = 16U << 10;
// The low bits of Record::a in a kPause, which hold the Quota::Pause. An uptime
// needs fewer bits than the rest has.
constexpr int kPauseBits = 8;
constexpr uint32_t kPauseMask = (1U << kPauseBits) - 1;
constexpr absl::Duration kMinute = absl::Minutes(1);
// With no minimum, a Retry-After of 0 would have us send as fast as we can.
constexpr absl::Duration kShortestPause = absl::Seconds(1);
// 64 minutes are more than Quota::kLongestPause.
constexpr int kMostDoublings = 6;

// The time of day at `uptime`, as the clock is now.
absl::Time TimeAt(absl::Duration uptime, const Moment& now) {
  return now.time + (uptime - now.uptime);
}

// The moment at which the clock, as it is now, showed `time`. A time in the
// future was written by a wrong clock, and reads as `now`.
Moment MomentAt(absl::Time time, const Moment& now) {
  const absl::Time then = std::min(time, now.time);
  return {.time = then, .uptime = now.uptime - (now.time - then)};
}

// The end of a window in uptime, which is at most `longest` away.
absl::Duration EndIn(const Record& record, absl::Duration longest,
                     const Moment& now) {
  return std::min(record.time - absl::UnixEpoch(), now.uptime + longest);
}

std::vector<Record> WindowRecords(KeyRing::Key& key, const Moment& now) {
  const uint64_t id = QuotaLedger::KeyOf(key.name);
  const Quota::Usage usage = key.quota.UsageAt(now);
  const Quota::Parts parts = key.quota.parts();
  std::vector<Record> records;
  // Windows whose numbers have records of one type share a record.
  const auto put = [&](const WindowSpec::LedgerField& place, uint32_t value) {
    const auto found = std::find_if(
        records.begin(), records.end(),
        [&place](const Record& each) { return each.type == place.type; });
    Record& record =
        found != records.end()
            ? *found
            : records.emplace_back(
                  Record{.type = place.type, .key = id, .time = now.time});
    record.*place.field = value;
  };
  for (const WindowSpec& spec : kWindowSpecs) {
    put(spec.used, usage.windows[spec.kind].used);
  }
  for (const WindowSpec& spec : kWindowSpecs) {
    records.push_back({.type = spec.end,
                       .key = id,
                       .time = absl::UnixEpoch() + parts.ends[spec.kind],
                       .a = usage.windows[spec.kind].used});
  }
  for (const WindowSpec& spec : kWindowSpecs) {
    const uint32_t assumed = parts.assumed[spec.kind];
    if (assumed > 0) put(spec.assumed, assumed);
  }
  return records;
}

Record RecordAt(Record::Type type, const KeyRing::Key& key, const Moment& at) {
  Record record{
      .type = type, .key = QuotaLedger::KeyOf(key.name), .time = at.time};
  record.SetUptime(at.uptime);
  return record;
}

Record PauseRecord(const KeyRing::Key& key, const Moment& now) {
  const Quota::Parts parts = key.quota.parts();
  Record record{.type = Record::Type::kPause,
                .key = QuotaLedger::KeyOf(key.name),
                .time = TimeAt(parts.paused_until, now)};
  record.SetUptime(parts.paused_until);
  const uint32_t high = record.b << kPauseBits;
  record.b =
      std::exchange(record.a, high | static_cast<uint32_t>(parts.paused_by));
  return record;
}

}  // namespace

KeyRing::KeyRing(std::vector<Setup> setups, std::unique_ptr<QuotaLedger> ledger,
                 const Moment& now,
                 std::function<void(std::string_view)> report)
    : report_(std::move(report)), ledger_(std::move(ledger)) {
  for (Setup& setup : setups) {
    keys_.push_back(std::make_unique<Key>(Key{.name = std::move(setup.name),
                                              .access = std::move(setup.access),
                                              .quota = Quota(setup.limits),
                                              .configured = setup.limits}));
  }
  if (ledger_ == nullptr) return;
  ReportLedger();
  ReadLedger(now);
  RewriteLedger(now);
}

void KeyRing::ReportLedger() const {
  if (!report_) return;
  if (ledger_->mended() > 0) {
    report_(absl::StrCat(
        "quota ledger: one of its two files was damaged or incomplete; ",
        ledger_->mended(),
        " records were taken from the other file, and none is lost"));
  }
  if (ledger_->damaged() > 0) {
    report_(absl::StrCat("quota ledger: ", ledger_->damaged(),
                         " records are damaged in both files; each of them is "
                         "counted as one request of every API key"));
  }
}

void KeyRing::ReadLedger(const Moment& now) {
  for (const auto& key : keys_) {
    const uint64_t id = QuotaLedger::KeyOf(key->name);
    bool found = false;
    for (const Record& record : ledger_->records()) {
      if (record.key != id) continue;
      found = found || record.type == Record::Type::kUsed;
      Replay(record, key->quota, now);
    }
    key->quota.EndAll(now.uptime);
    if (!ledger_->lost()) {
      key->quota.AddUsed(static_cast<uint32_t>(ledger_->damaged()), now);
    }
    // A key without records in an undamaged ledger is a new key.
    if (!ledger_->lost() && (found || ledger_->damaged() == 0)) continue;
    key->quota.AssumeUsed(now);
    if (report_) {
      report_(absl::StrCat(
          "quota ledger: the number of requests of the API key \"", key->name,
          "\" is lost; its day and month count as used up, except for the "
          "interactive reserve, until they end or VirusTotal reports its own "
          "count (virustotal.user)"));
    }
  }
}

void KeyRing::Replay(const Record& record, Quota& quota,
                     const Moment& now) const {
  const bool same = ledger_->same_boot();
  const std::optional<absl::Duration> uptime = record.uptime();
  const Moment at = same && uptime.has_value()
                        ? Moment{record.time, std::min(*uptime, now.uptime)}
                        : MomentAt(record.time, now);
  switch (record.type) {
    case Record::Type::kCount:
      return quota.Count(at);
    case Record::Type::kMinute:
      return quota.CountInMinute(at.uptime);
    case Record::Type::kRefund:
      return quota.Refund(at.uptime);
    case Record::Type::kPause:
      return ReplayPause(record, quota, now);
    default:
      return ReplayWindow(record, quota, now);
  }
}

void KeyRing::ReplayWindow(const Record& record, Quota& quota,
                           const Moment& now) const {
  for (const WindowSpec& spec : kWindowSpecs) {
    if (record.type == spec.used.type) {
      quota.SetUsed(spec.kind, record.*spec.used.field,
                    MomentAt(record.time, now));
    }
    if (record.type == spec.assumed.type) {
      quota.SetAssumed(spec.kind, record.*spec.assumed.field);
    }
    // The ends are uptimes, which mean nothing in another boot.
    if (record.type == spec.end && ledger_->same_boot()) {
      quota.RestoreWindow(spec.kind, EndIn(record, spec.longest, now),
                          record.a);
    }
  }
}

void KeyRing::ReplayPause(const Record& record, Quota& quota,
                          const Moment& now) const {
  Record packed = record;
  packed.a = record.b;
  packed.b = record.a >> kPauseBits;
  const std::optional<absl::Duration> uptime = packed.uptime();
  const absl::Duration until = ledger_->same_boot() && uptime.has_value()
                                   ? *uptime
                                   : now.uptime + (record.time - now.time);
  if (until <= now.uptime) return;
  quota.PauseUntil(until, static_cast<Quota::Pause>(record.a & kPauseMask),
                   now);
}

void KeyRing::Note(const Record& record, const Moment& now) {
  if (ledger_ == nullptr) return;
  const bool worked = ledger_works_;
  OnWritten(ledger_->Append(record));
  // A ledger that works again is rewritten, for the records that it missed.
  const bool works_again = ledger_works_ && !worked;
  if (works_again || ledger_->bytes() > rewrite_above_) RewriteLedger(now);
}

// Writes the windows to the ledger, so that the next process goes on in the
// same ones, also when the clock was set in between.
void KeyRing::NoteWindows(Key& key, const Moment& now) {
  if (ledger_ == nullptr) return;
  key.noted_ends = key.quota.ends();
  for (const Record& record : WindowRecords(key, now)) Note(record, now);
}

void KeyRing::OnWritten(bool works) {
  if (!works && ledger_works_ && report_) {
    report_(
        "the quota ledger cannot be written; requests are counted in memory "
        "only");
  }
  ledger_works_ = works;
}

// Rewrites the ledger with only those records that still count.
void KeyRing::RewriteLedger(const Moment& now) {
  std::vector<Record> records;
  for (const auto& key : keys_) {
    for (Record& record : WindowRecords(*key, now)) records.push_back(record);
    const Quota::Parts parts = key->quota.parts();
    key->noted_ends = parts.ends;
    for (const absl::Duration at : parts.minute) {
      records.push_back(RecordAt(Record::Type::kMinute, *key,
                                 {.time = TimeAt(at, now), .uptime = at}));
    }
    if (parts.paused_until > now.uptime) {
      records.push_back(PauseRecord(*key, now));
    }
  }
  const bool written = ledger_->Rewrite(records, now.time);
  OnWritten(written);
  rewrite_above_ =
      written ? QuotaLedger::kLongest : ledger_->bytes() + kRetryAfter;
}

Quota::Opening KeyRing::OpeningFor(Lane lane, size_t ahead, const Moment& now) {
  std::optional<Quota::Opening> earliest;
  const auto usable = static_cast<size_t>(
      std::count_if(keys_.begin(), keys_.end(),
                    [](const auto& key) { return !key->refused; }));
  for (const auto& key : keys_) {
    if (key->refused) continue;
    // Those before are shared between the keys.
    const Quota::Opening opening =
        key->quota.OpeningFor(lane, ahead / usable, now);
    if (!earliest.has_value() || opening.at < earliest->at) earliest = opening;
  }
  return earliest.value_or(Quota::Opening{.at = now.time});
}

absl::StatusOr<KeyRing::Key*> KeyRing::Take(Lane lane, const Moment& now) {
  for (const auto& key : keys_) {
    if (!key->refused && TakeFrom(*key, lane, now).ok()) return key.get();
  }
  const bool all_refused = std::all_of(
      keys_.begin(), keys_.end(), [](const auto& key) { return key->refused; });
  if (all_refused) return KeyRefused();
  return QuotaFailureOf(OpeningFor(lane, 0, now), now.time);
}

absl::Status KeyRing::TakeFrom(Key& key, Lane lane, const Moment& now) {
  const Quota::Opening opening = key.quota.OpeningFor(lane, 0, now);
  if (opening.at > now.time) return QuotaFailureOf(opening, now.time);
  if (key.quota.ends() != key.noted_ends) NoteWindows(key, now);
  key.quota.Count(now);
  Note(RecordAt(Record::Type::kCount, key, now), now);
  return absl::OkStatus();
}

void KeyRing::Ended(Key& key, const Moment& taken_at, const Moment& now) {
  key.quota.Ended(taken_at.uptime, now.uptime);
}

void KeyRing::Refund(Key& key, const Moment& taken_at, const Moment& now) {
  key.quota.Refund(taken_at.uptime);
  Note(RecordAt(Record::Type::kRefund, key, taken_at), now);
}

void KeyRing::OnKeyRefused(Key& key) {
  if (key.refused) return;
  key.refused = true;
  if (report_) {
    report_(
        absl::StrCat("VirusTotal refuses the API key \"", key.name,
                     "\"; the key is not used until a reload, a restart, or "
                     "`vtlookup admin quota --resume NAME`"));
  }
}

void KeyRing::OnNoRoom(Key& key, const absl::Status& failure,
                       const Moment& taken_at, const Moment& now) {
  // The request was under way when an earlier refusal began the pause.
  if (taken_at.uptime <= key.paused_at) return;
  const Failure what = FailureOf(failure);
  key.paused_at = now.uptime;
  const absl::Duration midnight = BeginOfUtcDay(now.time, 1) - now.time;
  if (what.quota == SpecOf(WindowKind::kDay).name) {
    key.quota.PauseUntil(now.uptime + midnight, Quota::Pause::kDay, now);
  } else {
    const bool quota = what.reason == reasons::kMinuteQuotaExceeded;
    absl::Duration pause = std::max(what.retry_after.value_or(kMinute),
                                    quota ? kMinute : kShortestPause);
    if (quota) {
      const absl::Duration doubled =
          kMinute * (1 << std::min(key.pauses++, kMostDoublings));
      // A quota of the day has room at midnight.
      pause = std::max(pause, std::min(doubled, midnight));
    }
    key.quota.PauseUntil(now.uptime + std::min(pause, Quota::kLongestPause),
                         quota ? Quota::Pause::kQuota : Quota::Pause::kTooMany,
                         now);
  }
  Note(PauseRecord(key, now), now);
}

KeyRing::Key* KeyRing::Find(std::string_view name) {
  for (const auto& key : keys_) {
    if (key->name == name) return key.get();
  }
  return nullptr;
}

void KeyRing::Resume(Key& key, const Moment& now) {
  key.quota.Resume();
  key.pauses = 0;
  key.refused = false;
  if (ledger_ != nullptr) RewriteLedger(now);
}

void KeyRing::Correct(Key& key, const Quota::Told& told, const Moment& now) {
  key.quota.Correct(told, now);
  NoteWindows(key, now);
}

void KeyRing::Exchange(std::vector<Setup> setups, const Moment& now) {
  for (size_t i = 0; i < std::min(setups.size(), keys_.size()); ++i) {
    Key& key = *keys_[i];
    if (key.access.api_key != setups[i].access.api_key) Resume(key, now);
    key.access = std::move(setups[i].access);
    if (setups[i].limits != key.configured) {
      key.configured = setups[i].limits;
      key.quota.SetLimits(key.configured);
    }
    key.refused = false;
  }
}

}  // namespace vtlookup
