#include "virustotal/key_ring.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/failure.h"
#include "virustotal/failures.h"

namespace vtlookup {
namespace {

using Record = QuotaLedger::Record;

// A month of the public quota takes half of it.
constexpr size_t kLongestLedger = 1U << 20;
constexpr absl::Duration kMinute = absl::Minutes(1);
// Else an answer "at once" would have us ask as fast as the network goes.
constexpr absl::Duration kShortestPause = absl::Seconds(1);

}  // namespace

KeyRing::KeyRing(std::vector<Setup> setups, std::unique_ptr<QuotaLedger> ledger,
                 absl::Time now, std::function<void(std::string_view)> report)
    : report_(std::move(report)), ledger_(std::move(ledger)) {
  for (Setup& setup : setups) {
    keys_.push_back(std::make_unique<Key>(Key{.name = std::move(setup.name),
                                              .access = std::move(setup.access),
                                              .quota = Quota(setup.limits),
                                              .configured = setup.limits}));
  }
  if (ledger_ == nullptr) return;
  if (ledger_->damaged() > 0 && report_) {
    report_(absl::StrCat("quota ledger: ", ledger_->damaged(),
                         " damaged records are passed over; that many requests "
                         "may not be counted"));
  }
  for (const Record& record : ledger_->records()) Replay(record);
  RewriteLedger(now);
}

void KeyRing::Replay(const Record& record) {
  for (const auto& key : keys_) {
    if (QuotaLedger::KeyOf(key->name) != record.key) continue;
    switch (record.type) {
      case Record::Type::kCount:
        key->quota.Count(record.time);
        break;
      case Record::Type::kMinute:
        key->quota.CountInMinute(record.time);
        break;
      case Record::Type::kRefund:
        key->quota.Refund(record.time);
        break;
      case Record::Type::kPause:
        key->quota.PauseUntil(record.time,
                              static_cast<Quota::Window>(record.a));
        break;
      case Record::Type::kUsed:
        key->quota.SetUsed(record.a, record.b, record.time);
        break;
    }
  }
}

void KeyRing::Note(const Record& record, absl::Time now) {
  if (ledger_ == nullptr) return;
  OnWritten(ledger_->Append(record));
  if (ledger_->bytes() > rewrite_above_) RewriteLedger(now);
}

void KeyRing::OnWritten(bool works) {
  if (!works && ledger_works_ && report_) {
    report_(
        "the quota ledger cannot be written; requests are counted in memory "
        "only");
  }
  ledger_works_ = works;
}

// Only what still counts.
void KeyRing::RewriteLedger(absl::Time now) {
  std::vector<Record> records;
  for (const auto& key : keys_) {
    const uint64_t id = QuotaLedger::KeyOf(key->name);
    const Quota::Usage usage = key->quota.UsageAt(now);
    records.push_back({.type = Record::Type::kUsed,
                       .key = id,
                       .time = now,
                       .a = usage.day,
                       .b = usage.month});
    for (const absl::Time at : key->quota.last_minute()) {
      records.push_back({.type = Record::Type::kMinute, .key = id, .time = at});
    }
    if (usage.paused_until > now) {
      records.push_back({.type = Record::Type::kPause,
                         .key = id,
                         .time = usage.paused_until,
                         .a = static_cast<uint32_t>(usage.paused_by)});
    }
  }
  OnWritten(ledger_->Rewrite(records));
  // Where that fails it is not tried again at each request.
  rewrite_above_ = ledger_->bytes() + kLongestLedger;
}

Quota::Opening KeyRing::OpeningFor(Lane lane, size_t ahead, absl::Time now) {
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
  return earliest.value_or(Quota::Opening{.at = now});
}

absl::StatusOr<KeyRing::Key*> KeyRing::Take(Lane lane, absl::Time now) {
  for (const auto& key : keys_) {
    if (!key->refused && TakeFrom(*key, lane, now).ok()) return key.get();
  }
  const bool all_refused = std::all_of(
      keys_.begin(), keys_.end(), [](const auto& key) { return key->refused; });
  if (all_refused) return KeyRefused();
  return QuotaFailureOf(OpeningFor(lane, 0, now), now);
}

absl::Status KeyRing::TakeFrom(Key& key, Lane lane, absl::Time now) {
  const Quota::Opening opening = key.quota.OpeningFor(lane, 0, now);
  if (opening.at > now) return QuotaFailureOf(opening, now);
  key.quota.Count(now);
  Note({.type = Record::Type::kCount,
        .key = QuotaLedger::KeyOf(key.name),
        .time = now},
       now);
  return absl::OkStatus();
}

void KeyRing::Refund(Key& key, absl::Time taken_at, absl::Time now) {
  key.quota.Refund(taken_at);
  Note({.type = Record::Type::kRefund,
        .key = QuotaLedger::KeyOf(key.name),
        .time = taken_at},
       now);
}

void KeyRing::OnKeyRefused(Key& key) {
  if (key.refused) return;
  key.refused = true;
  if (report_) {
    report_(absl::StrCat("VirusTotal refuses the API key \"", key.name,
                         "\"; it is not used any more"));
  }
}

void KeyRing::OnNoRoom(Key& key, const absl::Status& failure,
                       absl::Time taken_at, absl::Time now) {
  // One of several that were under way when the first was refused.
  if (taken_at <= key.paused_at && key.paused_at <= now) return;
  const Failure what = FailureOf(failure);
  key.paused_at = now;
  Quota::Window window = Quota::Window::kMinute;
  const bool quota = what.reason == "QUOTA_MINUTE_EXCEEDED";
  absl::Time until = now + std::max(what.retry_after.value_or(kMinute),
                                    quota ? kMinute : kShortestPause);
  if (quota && ++key.pauses > 1) {
    window = Quota::Window::kDay;
    until = NextUtcDay(now);
  }
  key.quota.PauseUntil(until, window);
  Note({.type = Record::Type::kPause,
        .key = QuotaLedger::KeyOf(key.name),
        .time = until,
        .a = static_cast<uint32_t>(window)},
       now);
}

void KeyRing::Correct(Key& key, const Quota::Told& told, absl::Time now) {
  key.quota.Correct(told, now);
  const Quota::Usage usage = key.quota.UsageAt(now);
  Note({.type = Record::Type::kUsed,
        .key = QuotaLedger::KeyOf(key.name),
        .time = now,
        .a = usage.day,
        .b = usage.month},
       now);
}

void KeyRing::Exchange(std::vector<Setup> setups) {
  for (size_t i = 0; i < std::min(setups.size(), keys_.size()); ++i) {
    Key& key = *keys_[i];
    key.access = std::move(setups[i].access);
    if (setups[i].limits != key.configured) {
      key.configured = setups[i].limits;
      key.quota.SetLimits(key.configured);
    }
    key.refused = false;
  }
}

}  // namespace vtlookup
