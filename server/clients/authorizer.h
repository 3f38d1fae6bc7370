#ifndef VTLOOKUP_SERVER_CLIENTS_AUTHORIZER_H_
#define VTLOOKUP_SERVER_CLIENTS_AUTHORIZER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/clock.h"
#include "core/mutex.h"
#include "core/published.h"
#include "grpcpp/server_context.h"
#include "vtlookup/v1/config.pb.h"

namespace vtlookup {

// Lookups that a client may still make: as many as its limit in a minute, at
// once or spread. Who takes more than is left has to wait until it is made up.
// Thread-safe.
class LookupAllowance {
 public:
  // Takes `count` lookups and returns zero; or takes none, and returns how long
  // to wait until one may be taken. `now` is uptime.
  absl::Duration Take(uint32_t per_minute, size_t count, absl::Duration now)
      ABSL_LOCKS_EXCLUDED(mu_);

 private:
  Mutex mu_;
  double left_ ABSL_GUARDED_BY(mu_) = 0;
  absl::Duration filled_ ABSL_GUARDED_BY(mu_) = -absl::InfiniteDuration();
};

// Who calls, as far as that matters here. Cheap to copy; valid as long as the
// Authorizer that it is from.
class Caller {
 public:
  bool may(v1::Role role) const { return (roles_ & (1U << role)) != 0; }
  // Empty: nobody asks who it is, or it could not say.
  const std::string& name() const;
  // Requests to VirusTotal that it may cause in a day; 0: no limit.
  uint32_t requests_per_day() const { return requests_per_day_; }

  // PermissionDenied, with the role in words.
  absl::Status Require(v1::Role role) const;

  // Counts lookups against its limit. ResourceExhausted, with when to come
  // back.
  absl::Status Spend(size_t lookups, const Clock& clock) const;

 private:
  friend class Authorizer;

  unsigned roles_ = 0;                 // bits
  const std::string* name_ = nullptr;  // null: none
  uint32_t requests_per_day_ = 0;
  uint32_t lookups_per_minute_ = 0;
  LookupAllowance* allowance_ = nullptr;  // null: no limit
};

// Decides who may do what. Thread-safe; the rules may be replaced at any time.
class Authorizer {
 public:
  explicit Authorizer(const v1::AuthConfig& config);

  // From now on. A client that keeps its name keeps what it has used.
  void Replace(const v1::AuthConfig& config) ABSL_LOCKS_EXCLUDED(mu_);

  // Who is at the other end of a call, if it has `role`. Unauthenticated
  // without a token or certificate that is known; PermissionDenied without the
  // role.
  absl::StatusOr<Caller> Admit(const grpc::ServerContextBase& context,
                               v1::Role role);

 private:
  struct Client {
    std::string token_hash;  // 32 bytes; empty: none is asked for
    std::string certificate_name;
    Caller caller;
  };
  using Clients = std::vector<Client>;

  Clients ClientsOf(const v1::AuthConfig& config)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::StatusOr<Caller> Identify(const grpc::ServerContextBase& context) const;

  Caller anyone_;
  Mutex mu_;
  // By name; they outlive a reload. Callers point into it.
  std::map<std::string, std::unique_ptr<LookupAllowance>> allowances_
      ABSL_GUARDED_BY(mu_);
  Published<Clients> clients_{Clients()};
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_CLIENTS_AUTHORIZER_H_
