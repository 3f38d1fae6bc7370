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

// Whether a listener uses TLS, and whether it asks for client certificates.
enum class ListenerTls {
  kNone,    // no TLS
  kServer,  // TLS; clients need no certificate
  kMutual,  // TLS; clients must show a certificate
};

// Makes a call through a listener of this process, as a client would: connects,
// and calls grpc.health.v1.Health/Check. `address` is host:port, [v6]:port or
// unix:/path; a wildcard address is called over loopback. With kMutual the
// probe has no client certificate: it succeeds as soon as the server answers
// the TLS handshake. `before_connect` is called with the local port before each
// attempt to connect (0 for a Unix socket). Unavailable when a step fails, or
// has no answer within `patience`; the message names the step. Blocks; any
// thread may call it.
absl::Status ProbeListener(const std::string& address, ListenerTls tls,
                           absl::Duration patience,
                           const std::function<void(int port)>& before_connect);

// Checks every kPeriod, on a thread of its own, whether clients can reach the
// daemon through its own listener. Any thread may call status().
class SelfProbe {
 public:
  static constexpr absl::Duration kPeriod = absl::Seconds(5);
  static constexpr absl::Duration kPatience = absl::Seconds(3);
  // status() reports a failure after this many failed probes in a row. A single
  // probe may fail only because the machine is busy.
  static constexpr int kMostFailures = 2;

  // `probe` is called on the thread of this object, for the first time after
  // kPeriod. It should not block for much longer than kPatience.
  explicit SelfProbe(std::function<absl::Status()> probe);
  ~SelfProbe() { Stop(); }

  // Waits for the running probe to end, and starts no more probes. status()
  // keeps its last value. May be called again, but not from two threads at
  // once.
  void Stop() ABSL_LOCKS_EXCLUDED(mu_);

  // OK while fewer than kMostFailures probes in a row have failed; otherwise
  // the failure of the last probe. A successful probe sets it back to OK.
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
