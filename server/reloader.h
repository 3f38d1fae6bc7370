#ifndef VTLOOKUP_SERVER_RELOADER_H_
#define VTLOOKUP_SERVER_RELOADER_H_

#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "core/loop.h"
#include "core/mutex.h"
#include "server/clients/authorizer.h"
#include "server/clients/call_log.h"
#include "server/config/config_change.h"
#include "server/miss_path.h"
#include "server/operators/status_report.h"
#include "server/transport/tls.h"
#include "vtlookup/v1/admin.pb.h"
#include "vtlookup/v1/config.pb.h"

namespace vtlookup {

// Takes over a changed configuration while the daemon runs, as far as its parts
// can. Thread-safe.
class Reloader {
 public:
  // What can be changed while it is in use; borrowed, but for `load`.
  struct Parts {
    LoadSettings load;  // reads the settings anew; empty: nothing to reload
    Tls* tls;           // null: no TLS
    Authorizer& authorizer;
    PrivacyGate& privacy;
    CallLog& call_log;
    Loop& loop;
    Resolver& resolver;
    KeyRing& keys;
    StatusReport& status;
  };

  // `config`: what is in use now.
  Reloader(Parts parts, const v1::Config& config)
      : parts_(std::move(parts)), current_(config) {}

  // Takes over what can be, all or nothing. FailedPrecondition, with every
  // mistake, when the settings are bad; nothing has changed then. Reads files.
  absl::StatusOr<v1::ReloadConfigResponse> Reload() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  absl::Status TakeOver(Settings* settings, v1::ReloadConfigResponse* response)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Status Apply(const Settings& settings)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const Parts parts_;
  Mutex mu_;
  v1::Config current_ ABSL_GUARDED_BY(mu_);
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_RELOADER_H_
