#ifndef VTLOOKUP_SERVER_TRANSPORT_SELF_PROBE_H_
#define VTLOOKUP_SERVER_TRANSPORT_SELF_PROBE_H_

#include <functional>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "core/mutex.h"

namespace vtlookup {

// The TLS of a listener.
enum class ListenerTls {
  kNone,    // no TLS
  kServer,  // TLS; clients need no certificate
  kMutual,  // TLS; clients must show a certificate
};

// Makes a call through a listener of this process, as a client would: connects,
// and calls grpc.health.v1.Health/Check. `address` is host:port, [v6]:port or
// unix:/path; a wildcard address is called over loopback. With kMutual the
// probe ends with the first answer of the handshake, since it has no
// certificate. `before_connect` is called with the local port before each
// attempt to connect (0 for a Unix socket). Unavailable, with the step that
// failed, when a step has no answer within `patience`. Blocks; any thread.
absl::Status ProbeListener(const std::string& address, ListenerTls tls,
                           absl::Duration patience,
                           const std::function<void(int port)>& before_connect);

// Checks every kPeriod, on a thread of its own, whether the daemon can be
// reached through its own listener. Thread-safe, except for Stop.
class SelfProbe {
 public:
  static constexpr absl::Duration kPeriod = absl::Seconds(5);
  static constexpr absl::Duration kPatience = absl::Seconds(3);
  // Failures in a row that count. One may fail because the machine is busy.
  static constexpr int kMostFailures = 2;

  // `probe` is called on the thread of this object, for the first time after
  // kPeriod. It should not block for much longer than kPatience.
  explicit SelfProbe(std::function<absl::Status()> probe);
  ~SelfProbe() { Stop(); }

  // Waits for a probe under way, and makes no further one; `status` stays as it
  // is. Idempotent; one thread at a time.
  void Stop() ABSL_LOCKS_EXCLUDED(mu_);

  // OK until kMostFailures probes in a row have failed; then the failure of the
  // last one.
  absl::Status status() const ABSL_LOCKS_EXCLUDED(mu_);

 private:
  void Run();

  const std::function<absl::Status()> probe_;
  mutable Mutex mu_;
  CondVar stop_;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  int failures_ ABSL_GUARDED_BY(mu_) = 0;
  absl::Status last_ ABSL_GUARDED_BY(mu_);
  std::thread thread_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_TRANSPORT_SELF_PROBE_H_
