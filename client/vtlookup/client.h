#ifndef VTLOOKUP_VTLOOKUP_CLIENT_H_
#define VTLOOKUP_VTLOOKUP_CLIENT_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "vtlookup/v1/lookup.grpc.pb.h"

namespace vtlookup {

// Asks a daemon. A value: copies share the connection and cost little; any
// thread may use any copy. UNAVAILABLE is tried again within the deadline when
// the daemon could not be reached or is being restarted; nothing else is: what
// VirusTotal costs is for the caller to decide.
//
// What VirusTotal says is an answer, whatever it is: look at
// `verdict().response_code()` before `positives()`. A failure to learn it is a
// status with the daemon's code and message.
//
//   vtlookup::Client client(vtlookup::Connect("127.0.0.1:50051"));
//   vtlookup::v1::Indicator indicator;
//   indicator.set_domain("example.com");
//   auto answer = client.Lookup(indicator);
//   if (answer.ok() && answer->verdict().response_code() == 1) ...
//
// For thousands of indicators, see LookupStream.
class Client {
 public:
  // The payload of a status that has the daemon's google.rpc.Status,
  // serialised, with its details.
  static constexpr char kDetails[] = "google.rpc.Status";

  struct Options {
    // Of each call; at its end the status is DEADLINE_EXCEEDED.
    absl::Duration timeout = absl::Seconds(30);
    // Sent with each call, for a daemon that asks who calls; empty: none. Only
    // over TLS or within the machine: it is a password.
    std::string token = {};
  };

  explicit Client(std::shared_ptr<grpc::Channel> channel);
  Client(std::shared_ptr<grpc::Channel> channel, Options options);

  // These block until the answer, a failure or the deadline.

  absl::StatusOr<v1::LookupResponse> Lookup(
      const v1::Indicator& indicator,
      const v1::LookupOptions& options = {}) const;

  // One result for each indicator, in their order; each is an answer or a
  // failure of its own. At most as many as the daemon takes (10,000).
  absl::StatusOr<v1::BatchLookupResponse> BatchLookup(
      const std::vector<v1::Indicator>& indicators,
      const v1::LookupOptions& options = {}) const;

  // Has VirusTotal scan `url`, which costs quota.
  absl::StatusOr<v1::Verdict> SubmitUrl(const std::string& url) const;

  // Runs `on_answer` with what is known now, and with each change from then
  // on, until it returns false, or, with `until_final`, a verdict comes that is
  // not queued. OK in these cases; otherwise what broke the watch. There is no
  // deadline.
  absl::Status Watch(
      const v1::Indicator& indicator, bool until_final,
      const std::function<bool(const v1::LookupResponse&)>& on_answer,
      const v1::LookupOptions& options = {}) const;

  // These return at once. `done` runs exactly once, on a thread of gRPC's, and
  // must not block. Neither needs this object to live on.

  void LookupAsync(const v1::Indicator& indicator,
                   std::function<void(absl::StatusOr<v1::LookupResponse>)> done,
                   const v1::LookupOptions& options = {}) const;

  void SubmitUrlAsync(
      const std::string& url,
      std::function<void(absl::StatusOr<v1::Verdict>)> done) const;

 private:
  friend class LookupStream;

  void Prepare(grpc::ClientContext* context) const;
  void Deadline(grpc::ClientContext* context) const;

  std::shared_ptr<v1::LookupService::Stub> stub_;
  Options options_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_VTLOOKUP_CLIENT_H_
