#ifndef VTLOOKUP_SERVER_OPERATORS_STATUS_REPORT_H_
#define VTLOOKUP_SERVER_OPERATORS_STATUS_REPORT_H_

#include <functional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "cache/cache.h"
#include "cache/rocks_tier.h"
#include "core/clock.h"
#include "core/counter.h"
#include "core/loop.h"
#include "core/mutex.h"
#include "server/clients/client_use.h"
#include "server/lookup/traffic.h"
#include "server/misses/resolver.h"
#include "virustotal/keys/key_ring.h"
#include "virustotal/virustotal.h"
#include "vtlookup/v1/admin.pb.h"

namespace vtlookup {

// The state of the daemon, for operators. AdminService, the status page and the
// metrics take it from here. Thread-safe. Status, Quota and Ready ask the loop
// and wait up to two seconds for each of its answers, so they must not be
// called on the loop.
class StatusReport {
 public:
  // The objects are borrowed and must outlive the report.
  struct Sources {
    const Clock& clock;
    Loop& loop;
    const Cache& cache;
    const RocksTier& disk;
    const RocksTier* raw_disk = nullptr;  // null: raw reports are not kept
    KeyRing& keys;                        // loop only
    VirusTotal& virustotal;               // loop only, where its header says so
    const Resolver& resolver;
    const Traffic& traffic;
    const ClientUses& clients;
    // The limits of the cache, in bytes, as the configuration has them.
    uint64_t memory_limit = 0;
    uint64_t disk_limit = 0;  // of verdicts
    uint64_t raw_limit = 0;
  };

  explicit StatusReport(Sources sources);

  // Returns the whole state. When the loop does not answer within two seconds,
  // the fields that only the loop knows are unset: traffic.waiting, and queued,
  // inflight and broken_until of virustotal.
  v1::GetStatusResponse Status() const ABSL_LOCKS_EXCLUDED(mu_);
  // Returns the quota of each API key. Unavailable when the loop does not
  // answer within two seconds.
  absl::StatusOr<v1::GetQuotaResponse> Quota() const;
  // OK when the daemon can serve lookups: it listens, calls get through, it is
  // not stopping, and the loop answers within two seconds. Otherwise the
  // failure of the first check that failed: Unavailable, or what `reachable`
  // returned. Does not say whether VirusTotal can be asked.
  absl::Status Ready() const ABSL_LOCKS_EXCLUDED(mu_);

  // Says that the daemon listens. `address` is the address that clients connect
  // to. `reachable` returns OK when calls get through. Status and Ready call
  // it, on their callers' threads, with the lock of this object held: it must
  // not block, and must not call this object. It is not called any more once
  // SetStopping has returned.
  void SetAddress(std::string address, std::function<absl::Status()> reachable)
      ABSL_LOCKS_EXCLUDED(mu_);
  // Says that the daemon is being stopped. From now on Ready returns
  // Unavailable.
  void SetStopping() ABSL_LOCKS_EXCLUDED(mu_);
  // Notes the outcome of a reload of the configuration. Status shows the
  // message of a failure to everybody who may see the status page, so it must
  // not contain secrets.
  void NoteReload(const absl::Status& status) ABSL_LOCKS_EXCLUDED(mu_);
  // Why the last reload has failed; empty when it has not.
  std::string config_error() const ABSL_LOCKS_EXCLUDED(mu_);
  // The number of reloads that have failed.
  uint64_t reloads_failed() const { return reloads_failed_.value(); }
  // When the configuration was last read successfully: by the latest reload
  // that did not fail, or, if there was none, when this object was made.
  absl::Time config_time() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  const Sources sources_;
  const absl::Time started_;
  Counter reloads_failed_;
  mutable Mutex mu_;
  std::string address_ ABSL_GUARDED_BY(mu_);
  std::function<absl::Status()> reachable_ ABSL_GUARDED_BY(mu_);
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  absl::Time config_time_ ABSL_GUARDED_BY(mu_);
  std::string config_error_ ABSL_GUARDED_BY(mu_);
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_OPERATORS_STATUS_REPORT_H_
