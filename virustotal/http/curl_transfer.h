#ifndef VTLOOKUP_VIRUSTOTAL_HTTP_CURL_TRANSFER_H_
#define VTLOOKUP_VIRUSTOTAL_HTTP_CURL_TRANSFER_H_

#include <curl/curl.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "virustotal/http/http_client.h"

namespace vtlookup {

// Bounds and settings of every request.
struct HttpOptions {
  absl::Duration connect_timeout = absl::Seconds(5);
  absl::Duration timeout = absl::Seconds(20);
  size_t max_body = 32U << 20;  // bytes, after decompression
  std::string ca_file;          // PEM; empty: the system's authorities
  std::string user_agent;
  // Connect directly, even if the environment names a proxy. Meant for a server
  // on this machine.
  bool bypass_proxy = false;
  // Connect through this proxy, `scheme://host:port`; empty: through the one
  // that the environment names, if any.
  std::string proxy = {};
  std::string proxy_login = {};  // `user:password`; empty: none
};

// One request that curl makes. Loop only. The object must not move while curl
// uses the handle.
class CurlTransfer {
 public:
  // Borrows `options`.
  CurlTransfer(const HttpOptions& options, HttpRequest request,
               HttpClient::Done done);
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;

  CURL* handle() const { return handle_.get(); }

  // Adds `pause`, for which the loop was suspended, to both time-outs, because
  // curl checks the time before it reads what has arrived.
  void Extend(absl::Duration pause);

  // Hands the outcome to `done`. Call it once, after curl has released the
  // handle.
  void Finish(CURLcode code);

 private:
  static size_t OnBody(char* data, size_t size, size_t count, void* self);
  static size_t OnHeader(char* data, size_t size, size_t count, void* self);
  static int OnSending(void* self, char* to_ip, char* from_ip, int to_port,
                       int from_port);

  void Configure(const HttpOptions& options);
  void SetProxy(const HttpOptions& options);
  absl::StatusOr<HttpResponse> Outcome(CURLcode code);
  bool MaySend();
  long SentBytes() const;
  bool RequestWasSent() const;
  std::string WhyUnreachable(CURLcode code) const;

  absl::Duration connect_timeout_;
  absl::Duration timeout_;
  const size_t max_body_;
  HttpRequest request_;
  HttpClient::Done done_;
  HttpResponse response_;
  bool too_large_ = false;
  // SentBytes() before the first sending of the request itself: what a proxy
  // was sent until then. Absent before that.
  std::optional<long> bytes_before_;
  long counted_bytes_ = 0;  // SentBytes() when a sending was last counted
  std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers_;
  std::unique_ptr<CURL, void (*)(CURL*)> handle_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_HTTP_CURL_TRANSFER_H_
