#ifndef VTLOOKUP_CLIENT_CLIENT_H_
#define VTLOOKUP_CLIENT_CLIENT_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/channel.h"
#include "vtlookup/v1/lookup.grpc.pb.h"

namespace vtlookup {

// Asks a daemon. A value: copies share the connection and cost little; any
// thread may use any copy. Calls block until the answer, a failure or the
// deadline. UNAVAILABLE is tried again within the deadline when the daemon
// could not be reached or is being restarted; nothing else is: what VirusTotal
// costs is for the caller to decide.
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
class Client {
 public:
  struct Options {
    // Of each call; at its end the status is DEADLINE_EXCEEDED.
    absl::Duration timeout = absl::Seconds(30);
  };

  explicit Client(std::shared_ptr<grpc::Channel> channel);
  Client(std::shared_ptr<grpc::Channel> channel, Options options);

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

 private:
  std::shared_ptr<v1::LookupService::Stub> stub_;
  Options options_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_CLIENT_H_
