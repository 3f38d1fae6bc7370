#ifndef VTLOOKUP_VIRUSTOTAL_KEY_RING_H_
#define VTLOOKUP_VIRUSTOTAL_KEY_RING_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/clock.h"
#include "virustotal/dialogue.h"
#include "virustotal/lane.h"
#include "virustotal/quota.h"
#include "virustotal/quota_ledger.h"

namespace vtlookup {

// The API keys, in the order in which they are used: the next one when the one
// before has no room or was refused. Each has a quota of its own, kept in the
// ledger. Loop only.
class KeyRing {
 public:
  struct Setup {
    std::string name;  // never the key itself
    Access access;
    Quota::Limits limits;
  };

  struct Key {
    std::string name;
    Access access;
    Quota quota;
    Quota::Limits configured = {};  // before VirusTotal had a say
    bool refused = false;  // VirusTotal does not take it; until Exchange
    // Pauses in a row that VirusTotal's word about the quota has caused, and
    // when the last began, in uptime.
    int pauses = 0;
    absl::Duration paused_at = -absl::InfiniteDuration();
    // The windows that the ledger knows, by their ends.
    absl::Duration noted_day = -absl::InfiniteDuration();
    absl::Duration noted_month = -absl::InfiniteDuration();
  };

  // `ledger` may be null: then counts do not outlive this. What it holds is
  // taken over; of times in it that lie in the future, `now` is taken instead.
  // Where it holds nothing of a key though it should, the key's day and month
  // count as used up but for the interactive reserve (Quota::AssumeUsed). A
  // damaged record counts as a request with each key. `report` is told, in
  // words, of all that, when a key is switched off, and when the ledger cannot
  // be written; it may be empty.
  KeyRing(std::vector<Setup> setups, std::unique_ptr<QuotaLedger> ledger,
          const Moment& now, std::function<void(std::string_view)> report);

  // When a request of the lane may be made if `ahead` others go first. Now,
  // when every key was refused: it would fail at once.
  Quota::Opening OpeningFor(Lane lane, size_t ahead, const Moment& now);

  // Counts a request with the first key that has room for it. Failures are
  // those of Upstream::Fetch. Each that is taken, here or below, ends in Ended
  // or Refund.
  absl::StatusOr<Key*> Take(Lane lane, const Moment& now);

  // Counts a request with this key, if it has room.
  absl::Status TakeFrom(Key& key, Lane lane, const Moment& now);

  // The request that was taken at `taken_at` has ended, however that was.
  void Ended(Key& key, const Moment& taken_at, const Moment& now);
  // It was never sent.
  void Refund(Key& key, const Moment& taken_at, const Moment& now);

  // How requests with the key have ended.
  void OnAnswer(Key& key) { key.pauses = 0; }
  void OnKeyRefused(Key& key);
  // `failure`, of the request taken at `taken_at`: no room, says VirusTotal.
  // It does not say which window is used up: the first time a minute is
  // waited, and if there is still no room afterwards, the day is used up.
  void OnNoRoom(Key& key, const absl::Status& failure, const Moment& taken_at,
                const Moment& now);

  void Correct(Key& key, const Quota::Told& told, const Moment& now);

  // The keys and limits of `setups`, which has the same names in the same
  // order. What was used stays; a key that was refused is tried again.
  void Exchange(std::vector<Setup> setups);

  std::vector<std::unique_ptr<Key>>& keys() { return keys_; }
  // Counts that only memory holds, because the ledger cannot be written.
  uint64_t unwritten() const { return ledger_ ? ledger_->failed() : 0; }

 private:
  void ReadLedger(const Moment& now);
  void ReportLedger() const;
  void Replay(const QuotaLedger::Record& record, Quota& quota,
              const Moment& now) const;
  void ReplayPause(const QuotaLedger::Record& record, Quota& quota,
                   const Moment& now) const;
  void Note(const QuotaLedger::Record& record, const Moment& now);
  void NoteWindows(Key& key, const Moment& now);
  void OnWritten(bool works);
  void RewriteLedger(const Moment& now);

  const std::function<void(std::string_view)> report_;
  std::vector<std::unique_ptr<Key>> keys_;  // fixed after construction
  const std::unique_ptr<QuotaLedger> ledger_;
  bool ledger_works_ = true;
  size_t rewrite_above_ = 0;  // bytes of the ledger
};

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_KEY_RING_H_
