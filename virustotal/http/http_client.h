#ifndef VTLOOKUP_VIRUSTOTAL_HTTP_HTTP_CLIENT_H_
#define VTLOOKUP_VIRUSTOTAL_HTTP_HTTP_CLIENT_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace vtlookup {

// One request. Its parts may contain the API key, so none of them may be
// written to a log, an error or a metric.
struct HttpRequest {
  std::string url;
  std::optional<std::string> form;   // set: POST this encoded form
  std::vector<std::string> headers;  // "Name: value"
  // If the server is just closing the connection, curl sends a request again,
  // although the server may have seen it the first time. This function is
  // called before each such sending, if the earlier one may have left; false
  // ends the request instead. Called on the loop. Empty: always true.
  std::function<bool()> may_send_again = {};
};

// The response, with any status; the dialect judges it.
struct HttpResponse {
  int status = 0;
  std::optional<absl::Duration> retry_after;
  std::string body;  // decompressed
};

// Makes HTTP requests. Loop only.
class HttpClient {
 public:
  using Done = absl::AnyInvocable<void(absl::StatusOr<HttpResponse>) &&>;

  virtual ~HttpClient() = default;

  // Starts a request. `done` runs once, on the loop, after Start has returned;
  // if the loop is stopped first, `done` is destroyed without running.
  // Unavailable, with a Failure, when no complete response came: no connection,
  // a time-out, a cut or oversized body, or may_send_again returned false. Its
  // `not_sent` is set when the request cannot have arrived, not even once.
  virtual void Start(HttpRequest request, Done done) = 0;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_HTTP_HTTP_CLIENT_H_
