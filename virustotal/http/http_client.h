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

// One request. Its parts may hold the API key, so none is ever written to a
// log, an error or a metric.
struct HttpRequest {
  std::string url;
  std::optional<std::string> form;   // set: POST of this encoded form
  std::vector<std::string> headers;  // "Name: value"
  // When a request meets a connection that the server is closing, it is sent
  // again, though the server may have seen it the first time. This function is
  // called before each such sending if the one before may have left; false ends
  // the request instead. Called on the loop. Empty: always true.
  std::function<bool()> may_send_again = {};
};

// What came back, whatever its status: judging that is the dialect's business.
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

  // `done` runs once, on the loop, after Start has returned; when the loop is
  // stopped first, it is destroyed unrun. Unavailable, with a FailureOf, when
  // no whole response came: no connection, time-out, cut or oversized body, or
  // may_send_again said no; its `not_sent` is set when the request cannot have
  // arrived, not even once.
  virtual void Start(HttpRequest request, Done done) = 0;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_HTTP_HTTP_CLIENT_H_
