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
#include "server/lookup/traffic.h"
#include "server/misses/resolver.h"
#include "virustotal/keys/key_ring.h"
#include "virustotal/virustotal.h"
#include "vtlookup/v1/admin.pb.h"

namespace vtlookup {

// The state of the daemon, for operators: AdminService and the status page show
// the same. Thread-safe, but not for use on the loop, because it waits for the
// loop.
class StatusReport {
 public:
  // All are borrowed.
  struct Sources {
    const Clock& clock;
    Loop& loop;
    const Cache& cache;
    const RocksTier& disk;
    KeyRing& keys;           // loop only
    VirusTotal& virustotal;  // loop only, where its header says so
    const Resolver& resolver;
    const Traffic& traffic;
    uint64_t memory_limit = 0;
    uint64_t disk_limit = 0;
  };

  explicit StatusReport(Sources sources);

  v1::GetStatusResponse Status() const ABSL_LOCKS_EXCLUDED(mu_);
  // Unavailable when the loop does not answer in time.
  absl::StatusOr<v1::GetQuotaResponse> Quota() const;
  // OK when lookups can be answered; otherwise Unavailable, with the reason.
  absl::Status Ready() const ABSL_LOCKS_EXCLUDED(mu_);

  // `address` is the address that clients connect to. `reachable` returns OK
  // when calls get through; it is called under a lock, by any thread, until
  // SetStopping, and must not block.
  void SetAddress(std::string address, std::function<absl::Status()> reachable)
      ABSL_LOCKS_EXCLUDED(mu_);
  void SetStopping() ABSL_LOCKS_EXCLUDED(mu_);
  // Notes the outcome of a reload.
  void NoteReload(const absl::Status& status) ABSL_LOCKS_EXCLUDED(mu_);
  uint64_t reloads_failed() const { return reloads_failed_.value(); }
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
