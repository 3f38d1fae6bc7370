#ifndef VTLOOKUP_SERVER_CLIENTS_CALLER_H_
#define VTLOOKUP_SERVER_CLIENTS_CALLER_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "core/clock.h"
#include "core/mutex.h"
#include "server/clients/client_use.h"
#include "vtlookup/v1/config.pb.h"

namespace vtlookup {

// A token bucket that limits the lookups of one client in a minute. The client
// may use its whole limit at once. A call may take more lookups than are left;
// later calls are then refused until one lookup is left again. Otherwise a
// batch above the limit could never be served. Thread-safe.
class LookupAllowance {
 public:
  // Takes `count` lookups and returns zero, or takes none and returns how long
  // the client must wait before it can take a lookup. `per_minute` is the
  // client's limit; `now` is the uptime.
  absl::Duration Take(uint32_t per_minute, size_t count, absl::Duration now)
      ABSL_LOCKS_EXCLUDED(mu_);

 private:
  Mutex mu_;
  double left_ ABSL_GUARDED_BY(mu_) = 0;
  absl::Duration filled_ ABSL_GUARDED_BY(mu_) = -absl::InfiniteDuration();
};

// The client that makes a call, with its roles and limits. Cheap to copy. A
// Caller points into the Authorizer that returned it, and must not outlive that
// Authorizer. Thread-safe.
class Caller {
 public:
  bool may(v1::Role role) const { return (roles_ & (1U << role)) != 0; }
  // The name of the client in the configuration. Empty when the configuration
  // has no clients, or before Admit.
  const std::string& name() const;
  // How many requests to VirusTotal the client may cause in a day; 0: no limit.
  uint32_t requests_per_day() const { return requests_per_day_; }

  // OK when the client has `role`. Otherwise PermissionDenied; the message
  // names the role.
  absl::Status Require(v1::Role role) const;

  // Counts `lookups` against the client's limit in a minute, and in its
  // ClientUse. ResourceExhausted when the limit is reached;
  // FailureOf(status).retry_after says when to try again.
  absl::Status Spend(size_t lookups, const Clock& clock) const;

 private:
  friend class Authorizer;

  unsigned roles_ = 0;                 // bits
  const std::string* name_ = nullptr;  // null: none
  uint32_t requests_per_day_ = 0;
  uint32_t lookups_per_minute_ = 0;
  LookupAllowance* allowance_ = nullptr;  // null: no limit
  ClientUse* use_ = nullptr;              // null: not counted
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_CLIENTS_CALLER_H_
