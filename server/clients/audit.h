#ifndef VTLOOKUP_SERVER_CLIENTS_AUDIT_H_
#define VTLOOKUP_SERVER_CLIENTS_AUDIT_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/clock.h"
#include "core/counter.h"
#include "core/indicator.h"
#include "core/mutex.h"
#include "vtlookup/v1/config.pb.h"

namespace spdlog {
class logger;
}

namespace vtlookup {

// The audit log: what VirusTotal was asked for which client, which calls were
// refused, and what operators did. One JSON object to a line, in a file of its
// own. Thread-safe. A line that cannot be written is counted in failed().
class Audit {
 public:
  // Empty fields are left out. No field may hold a secret.
  struct Record {
    std::string event;           // `asked`, `submitted`, `refused`, `admin`
    std::string client = {};     // the client's name, or its host
    std::string what = {};       // the rpc; for an operator with its conditions
    std::string kind = {};       // that of the indicator
    std::string indicator = {};  // as ShownIndicator writes it
    std::string source = {};
    std::string outcome = {};
    uint32_t requests = 0;  // requests to VirusTotal
    std::string trace = {};
  };

  // Opens log.audit_file. FailedPrecondition when it cannot be opened. If the
  // configuration names no file, nothing is written. Borrows `clock`.
  static absl::StatusOr<std::unique_ptr<Audit>> Open(
      const v1::LogConfig& config, const Clock& clock);
  ~Audit();

  // The most lines about refused calls in a minute; the next line says how many
  // were dropped. Without this limit strangers could fill the files, and push
  // out all other lines.
  static constexpr int kMostRefusals = 600;

  // Opens the file anew, for whoever has moved it away, as logrotate does.
  // FailedPrecondition when it cannot be opened; lines then go on into the old
  // file.
  absl::Status Reopen() ABSL_LOCKS_EXCLUDED(mu_);

  bool on() const { return !file_.empty(); }
  void Write(const Record& record) ABSL_LOCKS_EXCLUDED(mu_);

  uint64_t failed() const { return failed_.value(); }

 private:
  Audit(const v1::LogConfig& config, const Clock& clock)
      : clock_(clock),
        file_(config.audit_file()),
        max_bytes_(config.audit_max()) {}

  std::shared_ptr<spdlog::logger> logger() ABSL_LOCKS_EXCLUDED(mu_);

  const Clock& clock_;
  const std::string file_;
  const uint64_t max_bytes_;
  Counter failed_;

  // Returns false when there were too many refusals in this minute. Otherwise
  // sets `left_out` to the number of lines that were dropped since the last
  // one.
  bool TakeRefusal(uint64_t* left_out) ABSL_LOCKS_EXCLUDED(mu_);

  Mutex mu_;
  // Itself thread-safe; null only before the file was opened.
  std::shared_ptr<spdlog::logger> logger_ ABSL_GUARDED_BY(mu_);
  absl::Duration minute_end_ ABSL_GUARDED_BY(mu_) =
      -absl::InfiniteDuration();  // uptime
  int refusals_ ABSL_GUARDED_BY(mu_) = 0;
  uint64_t left_out_ ABSL_GUARDED_BY(mu_) = 0;
};

// Returns an indicator in the form for a log. A URL is cut to its scheme and
// host, with a hash of the whole URL, which shows whether two lines are about
// the same one. Thread-safe.
std::string ShownIndicator(const Indicator& indicator);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_CLIENTS_AUDIT_H_
