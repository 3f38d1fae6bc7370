#ifndef VTLOOKUP_TESTS_VIRUSTOTAL_KEYS_KEY_RING_FIXTURE_H_
#define VTLOOKUP_TESTS_VIRUSTOTAL_KEYS_KEY_RING_FIXTURE_H_

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "core/clock.h"
#include "tests/fakes/temp_dir.h"
#include "virustotal/keys/key_ring.h"
#include "virustotal/keys/lane.h"
#include "virustotal/keys/quota.h"
#include "virustotal/keys/quota_ledger.h"

namespace vtlookup {

// A ring of keys whose ledger is in a folder of the test's own, under a clock
// that the test moves.
class KeyRingTest : public testing::Test {
 protected:
  static constexpr size_t kRecordSize = 32;

  // Opens the ledger and makes the ring, as a process that starts does.
  // `expected`: the daemon has verdicts already, so there should be a ledger.
  void Open(Quota::Limits limits, bool expected = false);
  std::unique_ptr<QuotaLedger> OpenLedger(bool expected = false) const;

  void Take(int count, Lane lane = Lane::kInteractive);
  // Takes all that there is room for: how many requests with the key "one", and
  // how many with others.
  std::pair<int, int> Left(Lane lane = Lane::kInteractive);
  // What is used of a window of the first key.
  uint32_t Used(WindowKind kind) {
    return ring_->keys()[0]->quota.UsageAt(now_).windows[kind].used;
  }
  void Advance(absl::Duration by) {
    now_.time += by;
    now_.uptime += by;
  }
  void Reboot() {
    ++boot_id_;
    now_.uptime = absl::Seconds(10);
  }

  std::string path() const { return dir_ / "quota"; }
  std::string copy() const { return dir_ / "quota.copy"; }
  // Without the zeros at the end.
  static std::string ReadRecords(const std::string& path);
  static void Write(const std::string& path, const std::string& bytes);
  // Flips a bit in the record with this number, from the end: 1 is the last.
  static void Damage(const std::string& path, size_t from_end);

  TempDir dir_;
  Moment now_ = {absl::FromUnixSeconds(1795503600), absl::Hours(1000)};
  uint64_t boot_id_ = 7;
  std::vector<std::string> names_ = {"one", "two"};
  std::unique_ptr<KeyRing> ring_;
  std::vector<std::string> reports_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_VIRUSTOTAL_KEYS_KEY_RING_FIXTURE_H_
