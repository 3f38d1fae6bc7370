#include "virustotal/http/curl_transfer.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/text.h"
#include "virustotal/http/failures.h"

namespace vtlookup {
namespace {

// The longest pause that we accept from a Retry-After header.
constexpr absl::Duration kLongestPause = absl::Hours(1);

// Only a proxy answers with this status.
constexpr long kProxyAuthenticationRequired = 407;

// The address to which the transfer has connected.
std::string AddressOf(CURL* curl) {
  const char* ip = nullptr;
  long port = 0;
  curl_easy_getinfo(curl, CURLINFO_PRIMARY_IP, &ip);
  curl_easy_getinfo(curl, CURLINFO_PRIMARY_PORT, &port);
  return absl::StrCat(ip == nullptr ? "" : ip, ":", port);
}

std::string ProxyRefuses(CURL* curl, long status) {
  return absl::StrCat("the proxy at ", AddressOf(curl),
                      " refuses the request with HTTP status ", status,
                      status == kProxyAuthenticationRequired
                          ? ", because it wants a user name and a password"
                          : "");
}

long Milliseconds(absl::Duration duration) {
  return static_cast<long>(absl::ToInt64Milliseconds(duration));
}

}  // namespace

CurlTransfer::CurlTransfer(const HttpOptions& options, HttpRequest request,
                           HttpClient::Done done)
    : connect_timeout_(options.connect_timeout),
      timeout_(options.timeout),
      max_body_(options.max_body),
      request_(std::move(request)),
      done_(std::move(done)),
      headers_(nullptr, curl_slist_free_all),
      handle_(curl_easy_init(), curl_easy_cleanup) {
  Configure(options);
}

void CurlTransfer::Configure(const HttpOptions& options) {
  CURL* const curl = handle();
  curl_easy_setopt(curl, CURLOPT_URL, request_.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PRIVATE, this);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  // Otherwise a transfer that ends during a DNS query would wait for the
  // resolver's thread, and the loop with it.
  curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  // Redirects are not followed, because the request carries the API key.
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  if (absl::StartsWith(request_.url, "https:")) {
    // Shares one connection as soon as it is known to be HTTP/2. Without TLS
    // that is known only with the first answer, so all requests would wait for
    // it.
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(curl, CURLOPT_PIPEWAIT, 1L);
  } else {
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  }
  Extend(absl::ZeroDuration());
  // curl decodes an answer by its Content-Encoding, whatever was requested.
  curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "gzip");
  curl_easy_setopt(curl, CURLOPT_USERAGENT, options.user_agent.c_str());
  if (!options.ca_file.empty()) {
    curl_easy_setopt(curl, CURLOPT_CAINFO, options.ca_file.c_str());
  }
  SetProxy(options);

  if (request_.form.has_value()) {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request_.form->size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request_.form->c_str());
    // Saves the round trip that curl would make for bodies over 1 MiB.
    request_.headers.emplace_back("Expect:");
  }
  for (const std::string& header : request_.headers) {
    curl_slist* const grown = curl_slist_append(headers_.get(), header.c_str());
    if (grown == nullptr) break;  // out of memory
    (void)headers_.release();     // now part of `grown`
    headers_.reset(grown);
  }
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers_.get());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &CurlTransfer::OnBody);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &CurlTransfer::OnHeader);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(curl, CURLOPT_PREREQFUNCTION, &CurlTransfer::OnSending);
  curl_easy_setopt(curl, CURLOPT_PREREQDATA, this);
}

void CurlTransfer::SetProxy(const HttpOptions& options) {
  CURL* const curl = handle();
  if (options.bypass_proxy) {
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
  } else if (!options.proxy.empty()) {
    curl_easy_setopt(curl, CURLOPT_PROXY, options.proxy.c_str());
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "");
    if (!options.proxy_login.empty()) {
      curl_easy_setopt(curl, CURLOPT_PROXYUSERPWD, options.proxy_login.c_str());
      curl_easy_setopt(curl, CURLOPT_PROXYAUTH, CURLAUTH_ANY);
    }
  }
}

// curl calls this before each sending on a connection, also before a repetition
// because the connection was closed or the stream was refused.
int CurlTransfer::OnSending(void* self, char* /*to_ip*/, char* /*from_ip*/,
                            int /*to_port*/, int /*from_port*/) {
  return static_cast<CurlTransfer*>(self)->MaySend() ? CURL_PREREQFUNC_OK
                                                     : CURL_PREREQFUNC_ABORT;
}

// The caller of Start has counted one sending, which is used up as soon as a
// byte has left. Each further sending needs may_send_again.
bool CurlTransfer::MaySend() {
  const long sent = SentBytes();
  if (!bytes_before_.has_value()) {
    bytes_before_ = sent;
    counted_bytes_ = sent;
  }
  if (sent == counted_bytes_) return true;
  counted_bytes_ = sent;
  return !request_.may_send_again || request_.may_send_again();
}

void CurlTransfer::Extend(absl::Duration pause) {
  connect_timeout_ += pause;
  timeout_ += pause;
  curl_easy_setopt(handle(), CURLOPT_CONNECTTIMEOUT_MS,
                   Milliseconds(connect_timeout_));
  curl_easy_setopt(handle(), CURLOPT_TIMEOUT_MS, Milliseconds(timeout_));
}

size_t CurlTransfer::OnBody(char* data, size_t size, size_t count, void* self) {
  auto* const transfer = static_cast<CurlTransfer*>(self);
  const size_t bytes = size * count;
  if (transfer->response_.body.size() + bytes > transfer->max_body_) {
    transfer->too_large_ = true;
    return 0;  // makes curl give up
  }
  transfer->response_.body.append(data, bytes);
  return bytes;
}

size_t CurlTransfer::OnHeader(char* data, size_t size, size_t count,
                              void* self) {
  auto* const transfer = static_cast<CurlTransfer*>(self);
  std::string_view line(data, size * count);
  static constexpr std::string_view kRetryAfter = "retry-after:";
  if (absl::StartsWithIgnoreCase(ToAbsl(line), ToAbsl(kRetryAfter))) {
    line.remove_prefix(kRetryAfter.size());
    int seconds = 0;
    if (absl::SimpleAtoi(absl::StripAsciiWhitespace(ToAbsl(line)), &seconds) &&
        seconds >= 0) {
      transfer->response_.retry_after =
          std::min(absl::Seconds(seconds), kLongestPause);
    }
  }
  return size * count;
}

absl::StatusOr<HttpResponse> CurlTransfer::Outcome(CURLcode code) {
  if (too_large_) {
    return BadAnswer("the answer is larger than virustotal.max_body");
  }
  // Unlike its error buffer, curl's fixed texts contain no part of the request.
  if (code != CURLE_OK) {
    return Unreachable(WhyUnreachable(code), RequestWasSent());
  }
  long status = 0;
  curl_easy_getinfo(handle(), CURLINFO_RESPONSE_CODE, &status);
  if (status == kProxyAuthenticationRequired) {
    return Unreachable(ProxyRefuses(handle(), status), /*sent=*/false);
  }
  response_.status = static_cast<int>(status);
  return std::move(response_);
}

// Only what has left on a connection to VirusTotal itself can be counted there.
// A proxy is sent a CONNECT before.
bool CurlTransfer::RequestWasSent() const {
  return bytes_before_.has_value() && SentBytes() > *bytes_before_;
}

std::string CurlTransfer::WhyUnreachable(CURLcode code) const {
  long connect_status = 0;
  curl_easy_getinfo(handle(), CURLINFO_HTTP_CONNECTCODE, &connect_status);
  std::string why = curl_easy_strerror(code);
  if (connect_status == 0) return why;
  if (connect_status / 100 != 2) return ProxyRefuses(handle(), connect_status);
  return absl::StrCat(why, ", through the proxy at ", AddressOf(handle()));
}

// The bytes of all sendings, those to a proxy included; curl does not reset
// this number.
long CurlTransfer::SentBytes() const {
  long bytes = 0;
  curl_easy_getinfo(handle(), CURLINFO_REQUEST_SIZE, &bytes);
  return bytes;
}

void CurlTransfer::Finish(CURLcode code) { std::move(done_)(Outcome(code)); }

}  // namespace vtlookup
