#ifndef VTLOOKUP_VIRUSTOTAL_KEYS_KEY_RING_H_
#define VTLOOKUP_VIRUSTOTAL_KEYS_KEY_RING_H_

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
#include "virustotal/keys/access.h"
#include "virustotal/keys/lane.h"
#include "virustotal/keys/quota.h"
#include "virustotal/keys/quota_ledger.h"
#include "virustotal/keys/quota_windows.h"

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
    bool refused = false;  // VirusTotal rejects the key; until Exchange, Resume
    // How many times in a row VirusTotal said that the quota is used up, and
    // when the last pause for that began, in uptime.
    int pauses = 0;
    absl::Duration paused_at = -absl::InfiniteDuration();
    // The ends of the windows that were last written to the ledger.
    PerWindow<absl::Duration> noted_ends = {};
  };

  // Takes over the counts in `ledger`; a time in the future reads as `now`.
  // When the ledger has no record of a key though it should, the key's calendar
  // windows count as used up except for the interactive reserve
  // (Quota::AssumeUsed). A damaged record counts as a request with each key.
  // With a null `ledger` counts end with this object. `report` gets a text for
  // the log about each of these losses, when a key is switched off, and when
  // the ledger cannot be written; it may be empty.
  KeyRing(std::vector<Setup> setups, std::unique_ptr<QuotaLedger> ledger,
          const Moment& now, std::function<void(std::string_view)> report);

  // When a request of the lane may be made if `ahead` others go first. Now,
  // when every key was refused: it would fail at once.
  Quota::Opening OpeningFor(Lane lane, size_t ahead, const Moment& now);

  // Counts a request with the first key that has room for it. Failures are
  // those of Upstream::Fetch. For each request that Take or TakeFrom counts the
  // caller calls Ended or Refund once.
  absl::StatusOr<Key*> Take(Lane lane, const Moment& now);

  // Counts a request with this key, if it has room.
  absl::Status TakeFrom(Key& key, Lane lane, const Moment& now);

  // The request that was counted at `taken_at` has ended, with an answer or
  // without.
  void Ended(Key& key, const Moment& taken_at, const Moment& now);
  // The request that was counted at `taken_at` was never sent.
  void Refund(Key& key, const Moment& taken_at, const Moment& now);

  // VirusTotal has answered a request with the key.
  void OnAnswer(Key& key) { key.pauses = 0; }
  // VirusTotal rejects the key.
  void OnKeyRefused(Key& key);
  // VirusTotal refused the request that was counted at `taken_at`, because it
  // was asked too fast or a quota is used up (`failure`). If it was asked too
  // fast, the key pauses for Retry-After, or else for a minute. If a quota is
  // used up, the key pauses until midnight when it is the quota of the day;
  // otherwise for a minute, then for twice as long after each further refusal
  // without an answer in between, but not beyond midnight, because others may
  // use the key and the quota may be one of a shorter time. A longer
  // Retry-After is obeyed. Apart from the quota of the day, no pause is longer
  // than an hour.
  void OnNoRoom(Key& key, const absl::Status& failure, const Moment& taken_at,
                const Moment& now);

  // Lets requests be made with the key again, whatever VirusTotal has said:
  // ends the pause, and uses a key again that was refused. The windows stay.
  void Resume(Key& key, const Moment& now);

  // Takes over what VirusTotal says of the key's quota (Quota::Correct).
  void Correct(Key& key, const Quota::Told& told, const Moment& now);

  // Takes over the keys and limits of `setups`, which has the same names in the
  // same order. Counts stay; a key that was refused is tried again, and a pause
  // ends with the key that had caused it.
  void Exchange(std::vector<Setup> setups, const Moment& now);

  std::vector<std::unique_ptr<Key>>& keys() { return keys_; }
  // The key of this name; null when there is none.
  Key* Find(std::string_view name);
  // Counts that only memory holds, because the ledger cannot be written.
  uint64_t unwritten() const { return ledger_ ? ledger_->failed() : 0; }

 private:
  void ReadLedger(const Moment& now);
  void ReportLedger() const;
  void Replay(const QuotaLedger::Record& record, Quota& quota,
              const Moment& now) const;
  void ReplayPause(const QuotaLedger::Record& record, Quota& quota,
                   const Moment& now) const;
  void ReplayWindow(const QuotaLedger::Record& record, Quota& quota,
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

#endif  // VTLOOKUP_VIRUSTOTAL_KEYS_KEY_RING_H_
