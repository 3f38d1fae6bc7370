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

class Channels;

// Calls a daemon. A value type: copies share the connection and are cheap; any
// thread may use any copy. UNAVAILABLE is retried within the deadline when the
// daemon could not be reached or is being restarted. No other failure is
// retried, because the caller decides what VirusTotal's quota is spent on.
//
// Every statement of VirusTotal is an answer: check `verdict().response_code()`
// before `positives()`. A failure to get a statement is a status with the
// daemon's code and message.
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
  // The payload of a status. It holds the daemon's google.rpc.Status,
  // serialised, with its details.
  static constexpr char kDetails[] = "google.rpc.Status";

  struct Options {
    // For each call; when it has passed, the status is DEADLINE_EXCEEDED.
    absl::Duration timeout = absl::Seconds(30);
    // Sent with each call, for a daemon that identifies its clients; empty: no
    // token. Use it over TLS or within one machine only: it is a password.
    std::string token = {};
    // With so many calls open on one connection, further ones use the next. The
    // daemon lets 1,000 be under way on each by default (`listen.max_streams`);
    // more of them wait, also those that the cache can answer. Without effect
    // when there is one channel.
    size_t calls_per_connection = 900;
  };

  explicit Client(std::shared_ptr<grpc::Channel> channel);
  Client(std::shared_ptr<grpc::Channel> channel, Options options);
  // For programs with very many calls at once: each takes the first channel
  // that has fewer than `calls_per_connection`, so a further connection is
  // opened when it is needed. A channel other than the first is left out while
  // it cannot connect. `channels`, for example from ConnectSeveral, has at
  // least one.
  Client(const std::vector<std::shared_ptr<grpc::Channel>>& channels,
         Options options);

  // These calls block until the answer, a failure or the deadline.

  absl::StatusOr<v1::LookupResponse> Lookup(
      const v1::Indicator& indicator,
      const v1::LookupOptions& options = {}) const;

  // Returns one result for each indicator, in their order; each is an answer or
  // a failure. The daemon accepts at most 10,000 indicators by default.
  absl::StatusOr<v1::BatchLookupResponse> BatchLookup(
      const std::vector<v1::Indicator>& indicators,
      const v1::LookupOptions& options = {}) const;

  // Makes VirusTotal scan `url`, which costs quota.
  absl::StatusOr<v1::Verdict> SubmitUrl(const std::string& url) const;

  // Runs `on_answer` with the present answer and then with each change, until
  // it returns false, or, with `until_final`, until a verdict comes that is not
  // queued. Returns OK in these cases; otherwise the status that ended the
  // watch, which is not retried. There is no deadline.
  absl::Status Watch(
      const v1::Indicator& indicator, bool until_final,
      const std::function<bool(const v1::LookupResponse&)>& on_answer,
      const v1::LookupOptions& options = {}) const;

  // These calls return at once. `done` runs exactly once, on a thread of gRPC,
  // and must not block. This object may be destroyed before that.

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

  std::shared_ptr<Channels> channels_;
  Options options_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_VTLOOKUP_CLIENT_H_
