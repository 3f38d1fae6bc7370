#ifndef VTLOOKUP_SERVER_CLIENTS_AUDIT_H_
#define VTLOOKUP_SERVER_CLIENTS_AUDIT_H_

#include <atomic>
#include <memory>
#include <string>

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

// Who had VirusTotal asked what, who was turned away, and what operators did:
// one JSON object to a line, in a file of its own. Thread-safe. A line that
// cannot be written is counted.
class Audit {
 public:
  // Empty fields are left out. No field may hold a secret.
  struct Record {
    std::string event;           // `asked`, `refused`, `admin`
    std::string client = {};     // who
    std::string what = {};       // of an operator: the rpc and its conditions
    std::string kind = {};       // of an indicator
    std::string indicator = {};  // as ShownIndicator writes it
    std::string source = {};
    std::string outcome = {};
    int requests = 0;  // quota spent
    std::string trace = {};
  };

  // FailedPrecondition when the file cannot be opened; without a file nothing
  // is written anywhere.
  static absl::StatusOr<std::unique_ptr<Audit>> Open(
      const v1::LogConfig& config, const Clock& clock);
  ~Audit();

  // Lines about those who were turned away, in a minute; the next says how many
  // were left out. Else strangers could fill the files, and push out the rest.
  static constexpr int kMostRefusals = 600;

  bool on() const { return logger_ != nullptr; }
  void Write(const Record& record) ABSL_LOCKS_EXCLUDED(mu_);

  uint64_t failed() const { return failed_.value(); }

 private:
  explicit Audit(const Clock& clock) : clock_(clock) {}

  const Clock& clock_;
  std::shared_ptr<spdlog::logger> logger_;  // itself thread-safe
  Counter failed_;

  // False when there were too many in this minute; else how many were left out
  // since the last.
  bool TakeRefusal(uint64_t* left_out) ABSL_LOCKS_EXCLUDED(mu_);

  Mutex mu_;
  absl::Duration minute_end_ ABSL_GUARDED_BY(mu_) =
      -absl::InfiniteDuration();  // uptime
  int refusals_ ABSL_GUARDED_BY(mu_) = 0;
  uint64_t left_out_ ABSL_GUARDED_BY(mu_) = 0;
};

// An indicator as a log may show it: of a URL only scheme and host, and a hash
// of the whole, by which two lines can be told to be about the same.
std::string ShownIndicator(const Indicator& indicator);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_CLIENTS_AUDIT_H_
