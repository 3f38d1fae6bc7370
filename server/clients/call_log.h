#ifndef VTLOOKUP_SERVER_CLIENTS_CALL_LOG_H_
#define VTLOOKUP_SERVER_CLIENTS_CALL_LOG_H_

#include <atomic>
#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/clients/audit.h"
#include "server/clients/authorizer.h"

namespace vtlookup {

// Logs one call in `one_in`, and writes refused calls to the audit log.
// Thread-safe.
class CallLog {
 public:
  // Borrows the audit log. `one_in` 0: no call is logged.
  CallLog(uint32_t one_in, Audit& audit) : audit_(audit), one_in_(one_in) {}

  // Replaces `one_in` for all later calls.
  void SetRate(uint32_t one_in) { one_in_ = one_in; }

  void Ended(const CallOrigin& origin, std::string_view method,
             const Caller& caller, const absl::Status& status,
             absl::Duration elapsed);
  void TurnedAway(const CallOrigin& origin, std::string_view method,
                  const Caller& caller, const absl::Status& status);

 private:
  Audit& audit_;
  std::atomic<uint32_t> one_in_;
  std::atomic<uint32_t> count_{0};
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_CLIENTS_CALL_LOG_H_
