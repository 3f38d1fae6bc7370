// One request of curl's, run without the loop against a server that sends what
// the test says. The server is on this machine, and both wait for each other.

#include "virustotal/http/curl_transfer.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "core/failure.h"

namespace vtlookup {
namespace {

using testing::HasSubstr;
using testing::Not;

// Takes one connection, reads a request, sends `answer`, and closes.
class OneAnswer {
 public:
  explicit OneAnswer(std::string answer)
      : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const general = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(bind(socket_, general, size), 0);
    EXPECT_EQ(listen(socket_, 1), 0);
    EXPECT_EQ(getsockname(socket_, general, &size), 0);
    url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/x";
    thread_ = std::thread([this, answer = std::move(answer)] { Run(answer); });
  }
  ~OneAnswer() {
    shutdown(socket_, SHUT_RD);  // ends accept, if nobody has connected
    request();
    close(socket_);
  }

  const std::string& url() const { return url_; }

  // What came, once the connection is over.
  const std::string& request() {
    if (thread_.joinable()) thread_.join();
    return request_;
  }

 private:
  bool IsWhole() const {
    const size_t end = request_.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    const size_t length = request_.find("Content-Length: ");
    const size_t body =
        length > end ? 0 : std::stoul(request_.substr(length + 16));
    return request_.size() >= end + 4 + body;
  }

  void Run(const std::string& answer) {
    const int connection = accept(socket_, nullptr, nullptr);
    char buffer[4096];
    while (!IsWhole()) {
      const ssize_t count = read(connection, buffer, sizeof buffer);
      if (count <= 0) break;
      request_.append(buffer, static_cast<size_t>(count));
    }
    (void)send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
    close(connection);
  }

  const int socket_;
  std::string url_;
  std::string request_;
  std::thread thread_;
};

HttpOptions Options() {
  HttpOptions options;
  options.user_agent = "tester/1";
  options.bypass_proxy = true;
  return options;
}

absl::StatusOr<HttpResponse> Transfer(HttpRequest request,
                                      const HttpOptions& options = Options()) {
  std::optional<absl::StatusOr<HttpResponse>> outcome;
  CurlTransfer transfer(options, std::move(request),
                        [&outcome](absl::StatusOr<HttpResponse> response) {
                          outcome = std::move(response);
                        });
  transfer.Finish(curl_easy_perform(transfer.handle()));
  return *std::move(outcome);
}

std::string Answer(std::string_view headers, std::string_view body) {
  return "HTTP/1.1 200 OK\r\n" + std::string(headers) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string(body);
}

TEST(CurlTransfer, SendsAFormWithTheHeadersOfTheRequest) {
  OneAnswer server(Answer("", "body"));
  const auto response = Transfer(
      {.url = server.url(), .form = "a=1&b=%00", .headers = {"x-apikey: KEY"}});
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "body");
  EXPECT_EQ(response->retry_after, std::nullopt);
  const std::string& request = server.request();
  EXPECT_TRUE(request.starts_with("POST /x HTTP/1.1\r\n")) << request;
  EXPECT_THAT(request, HasSubstr("\r\nx-apikey: KEY\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\nUser-Agent: tester/1\r\n"));
  EXPECT_THAT(
      request,
      HasSubstr("\r\nContent-Type: application/x-www-form-urlencoded\r\n"));
  EXPECT_THAT(request, Not(HasSubstr("Expect:")));
  EXPECT_TRUE(request.ends_with("\r\n\r\na=1&b=%00")) << request;
}

TEST(CurlTransfer, AnEmptyFormIsAPostToo) {
  OneAnswer server(Answer("", ""));
  ASSERT_TRUE(Transfer({.url = server.url(), .form = "", .headers = {}}).ok());
  EXPECT_TRUE(server.request().starts_with("POST "));
}

// The request has the API key, which goes to VirusTotal only.
TEST(CurlTransfer, FollowsNoRedirect) {
  OneAnswer server(
      "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n"
      "Content-Length: 0\r\n\r\n");
  const auto response =
      Transfer({.url = server.url(), .form = std::nullopt, .headers = {}});
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->status, 302);
}

struct Header {
  const char* line;
  std::optional<absl::Duration> retry_after;
};

// RFC 9110, 10.2.3. A date is the other form, which VirusTotal does not use.
TEST(CurlTransfer, ReadsHowLongToWait) {
  for (const auto& [line, retry_after] :
       {Header{"Retry-After: 7", absl::Seconds(7)},
        Header{"retry-after:7", absl::Seconds(7)},
        Header{"RETRY-AFTER:  60  ", absl::Seconds(60)},
        Header{"Retry-After: 0", absl::ZeroDuration()},
        // Nobody may stop the daemon for days.
        Header{"Retry-After: 86400", absl::Hours(1)},
        Header{"Retry-After: -1", std::nullopt},
        Header{"Retry-After: 1.5", std::nullopt},
        Header{"Retry-After:", std::nullopt},
        Header{"Retry-After: soon", std::nullopt},
        Header{"Retry-After: Fri, 31 Dec 1999 23:59:59 GMT", std::nullopt},
        Header{"X-Retry-After: 7", std::nullopt}}) {
    OneAnswer server(Answer(std::string(line) + "\r\n", ""));
    const auto response =
        Transfer({.url = server.url(), .form = std::nullopt, .headers = {}});
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(response->retry_after, retry_after) << line;
  }
}

TEST(CurlTransfer, ABodyMayBeOfTheLimitAndNotLarger) {
  HttpOptions options = Options();
  options.max_body = 10;
  {
    OneAnswer server(Answer("", "0123456789"));
    const auto response = Transfer(
        {.url = server.url(), .form = std::nullopt, .headers = {}}, options);
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(response->body, "0123456789");
  }
  OneAnswer server(Answer("", "0123456789a"));
  const auto response = Transfer(
      {.url = server.url(), .form = std::nullopt, .headers = {}}, options);
  EXPECT_EQ(FailureOf(response.status()).reason, "VIRUSTOTAL_FAILED");
  EXPECT_FALSE(FailureOf(response.status()).not_sent);
}

// printf AAAAAAAAAAAAAAAAAAAA | gzip -n | xxd -p
constexpr char kTwentyAs[] =
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x73\x74"
    "\xc4\x04\x00\xc5\x18\x20\x1d\x14\x00\x00\x00";

TEST(CurlTransfer, TheLimitIsThatOfTheBodyAfterDecompression) {
  const std::string zipped(kTwentyAs, sizeof kTwentyAs - 1);
  HttpOptions options = Options();
  for (const size_t limit : {size_t{20}, size_t{19}}) {
    options.max_body = limit;
    OneAnswer server(Answer("Content-Encoding: gzip\r\n", zipped));
    const auto response = Transfer(
        {.url = server.url(), .form = std::nullopt, .headers = {}}, options);
    EXPECT_EQ(response.ok(), limit == 20) << response.status();
    EXPECT_EQ(response.ok() ? response->body : "",
              std::string(limit == 20 ? 20 : 0, 'A'));
  }
}

TEST(CurlTransfer, AnAnswerThatIsCutOffIsNone) {
  OneAnswer server("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234");
  const auto response = Transfer({.url = server.url() + "?apikey=KEY",
                                  .form = std::nullopt,
                                  .headers = {}});
  EXPECT_TRUE(absl::IsUnavailable(response.status()));
  const Failure failure = FailureOf(response.status());
  EXPECT_EQ(failure.reason, "VIRUSTOTAL_UNREACHABLE");
  EXPECT_FALSE(failure.not_sent) << "VirusTotal has counted it";
  EXPECT_THAT(std::string(response.status().message()), Not(HasSubstr("KEY")));
}

// VirusTotal cannot count what a proxy has refused.
TEST(CurlTransfer, WhatAProxyRefusesIsNotSent) {
  for (const int status : {407, 403, 501}) {
    OneAnswer proxy("HTTP/1.1 " + std::to_string(status) +
                    " No\r\nContent-Length: 0\r\n\r\n");
    HttpOptions options = Options();
    options.bypass_proxy = false;
    const size_t end = proxy.url().rfind('/');
    options.proxy = proxy.url().substr(0, end);
    options.proxy_login = "me:secret";
    int counted = 0;
    const auto response = Transfer({.url = "https://virustotal.invalid/x",
                                    .form = std::nullopt,
                                    .headers = {"x-apikey: KEY"},
                                    .may_send_again =
                                        [&counted] {
                                          ++counted;
                                          return true;
                                        }},
                                   options);
    const Failure failure = FailureOf(response.status());
    const std::string message(response.status().message());
    EXPECT_EQ(failure.reason, "VIRUSTOTAL_UNREACHABLE");
    EXPECT_TRUE(failure.not_sent) << message;
    EXPECT_EQ(counted, 0);
    EXPECT_THAT(message,
                HasSubstr("the proxy at " + proxy.url().substr(7, end - 7)));
    EXPECT_THAT(message, HasSubstr("HTTP status " + std::to_string(status)));
    EXPECT_THAT(message, Not(HasSubstr("secret")));
    EXPECT_THAT(proxy.request(), HasSubstr("CONNECT virustotal.invalid:443"));
    EXPECT_THAT(proxy.request(), Not(HasSubstr("KEY")));
  }
}

// The request itself has begun here.
TEST(CurlTransfer, APlainProxyThatWantsALoginHasNotPassedItOn) {
  OneAnswer proxy("HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n");
  HttpOptions options = Options();
  options.bypass_proxy = false;
  options.proxy = proxy.url().substr(0, proxy.url().rfind('/'));
  const auto response = Transfer({.url = "http://virustotal.invalid/x",
                                  .form = std::nullopt,
                                  .headers = {}},
                                 options);
  EXPECT_TRUE(FailureOf(response.status()).not_sent) << response.status();
  EXPECT_THAT(std::string(response.status().message()),
              HasSubstr("a user name and a password"));
}

// Behind a proxy that lets it through, the handshake fails: the proxy talks no
// TLS here.
TEST(CurlTransfer, AHandshakeBehindAProxyIsNoRequest) {
  OneAnswer proxy("HTTP/1.1 200 Connected\r\n\r\nno TLS");
  HttpOptions options = Options();
  options.bypass_proxy = false;
  options.proxy = proxy.url().substr(0, proxy.url().rfind('/'));
  const auto response = Transfer({.url = "https://virustotal.invalid/x",
                                  .form = std::nullopt,
                                  .headers = {}},
                                 options);
  EXPECT_TRUE(FailureOf(response.status()).not_sent) << response.status();
  EXPECT_THAT(std::string(response.status().message()),
              HasSubstr("through the proxy at 127.0.0.1:"));
}

// Port 1 has no server; other protocols are not spoken.
TEST(CurlTransfer, WhatNeverLeftIsNotSent) {
  for (const char* url :
       {"http://127.0.0.1:1/?apikey=KEY", "file:///etc/passwd?apikey=KEY",
        "ftp://127.0.0.1/?apikey=KEY"}) {
    const auto response =
        Transfer({.url = url, .form = std::nullopt, .headers = {}});
    EXPECT_EQ(FailureOf(response.status()).reason, "VIRUSTOTAL_UNREACHABLE")
        << url;
    EXPECT_TRUE(FailureOf(response.status()).not_sent) << url;
    EXPECT_THAT(std::string(response.status().message()),
                Not(HasSubstr("KEY")));
  }
}

}  // namespace
}  // namespace vtlookup
