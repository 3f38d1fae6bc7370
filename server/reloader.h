#ifndef VTLOOKUP_SERVER_RELOADER_H_
#define VTLOOKUP_SERVER_RELOADER_H_

#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "core/loop.h"
#include "core/mutex.h"
#include "server/clients/audit.h"
#include "server/clients/authorizer.h"
#include "server/clients/call_log.h"
#include "server/config/config_change.h"
#include "server/miss_path.h"
#include "server/operators/http/pages.h"
#include "server/operators/status_report.h"
#include "server/transport/tls.h"
#include "vtlookup/v1/admin.pb.h"
#include "vtlookup/v1/config.pb.h"

namespace vtlookup {

// Applies a changed configuration while the daemon runs, as far as that is
// possible without a restart. Thread-safe.
class Reloader {
 public:
  // The parts that can be changed while they are in use; all but `load` are
  // borrowed.
  struct Parts {
    LoadSettings load;  // reads the settings again; empty: Reload fails
    Tls* tls;           // null: no TLS
    Tls* gateway_tls;   // null: none of its own
    Authorizer& authorizer;
    PrivacyGate& privacy;
    Pages& pages;  // show the configuration in use
    CallLog& call_log;
    Loop& loop;
    Resolver& resolver;
    KeyRing& keys;
    StatusReport& status;
    const Clock& clock;
    Audit& audit;
  };

  // `config` and `api_keys` are in use now.
  Reloader(Parts parts, const v1::Config& config,
           std::vector<std::string> api_keys)
      : parts_(std::move(parts)),
        current_(config),
        api_keys_(std::move(api_keys)) {}

  // Reads the settings, and applies all changes that need no restart, or none.
  // FailedPrecondition, with every mistake, when the settings are bad; nothing
  // has changed then. Blocks for reading files.
  absl::StatusOr<v1::ReloadConfigResponse> Reload() ABSL_LOCKS_EXCLUDED(mu_);

 private:
  absl::Status TakeOver(Settings* settings, v1::ReloadConfigResponse* response)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Status Apply(const Settings& settings)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const Parts parts_;
  Mutex mu_;
  v1::Config current_ ABSL_GUARDED_BY(mu_);
  // The API keys in use; Reload compares them with what it has read.
  std::vector<std::string> api_keys_ ABSL_GUARDED_BY(mu_);
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_RELOADER_H_
