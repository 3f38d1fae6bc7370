#ifndef VTLOOKUP_SERVER_SELF_PROBE_H_
#define VTLOOKUP_SERVER_SELF_PROBE_H_

#include <functional>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "core/mutex.h"

namespace vtlookup {

// What a client must show to a listener.
enum class ListenerTls {
  kNone,    // it speaks without TLS
  kServer,  // TLS, and nothing of the client
  kMutual,  // TLS, and a certificate
};

// Makes a call through a listener of this process, as a client would:
// connects, and asks grpc.health.v1.Health/Check. `address` is host:port,
// [v6]:port or unix:/path; a wildcard is asked by loopback. With kMutual the
// first answer of the handshake must do, since there is no certificate to go on
// with. `before_connect` is given the local port (0 for a Unix socket).
// Unavailable when there is no answer within `patience`. Blocks; any thread.
absl::Status ProbeListener(const std::string& address, ListenerTls tls,
                           absl::Duration patience,
                           const std::function<void(int port)>& before_connect);

// Tries once in a while whether the daemon can be reached through its own
// listener, on a thread of its own. Thread-safe.
class SelfProbe {
 public:
  static constexpr absl::Duration kPeriod = absl::Seconds(5);
  static constexpr absl::Duration kPatience = absl::Seconds(3);
  // In a row. One may fail because the machine is busy.
  static constexpr int kMostFailures = 2;

  // `probe` blocks for kPatience at most. The first is made after kPeriod.
  explicit SelfProbe(std::function<absl::Status()> probe);
  ~SelfProbe() { Stop(); }

  // Makes no further try; `status` stays as it is. Idempotent; one thread.
  void Stop() ABSL_LOCKS_EXCLUDED(mu_);

  // OK until kMostFailures tries in a row have failed; then why the last did.
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

#endif  // VTLOOKUP_SERVER_SELF_PROBE_H_
