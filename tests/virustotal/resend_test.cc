// Tests that a request that curl sends again by itself is counted.

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <latch>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "core/failure.h"
#include "tests/fakes/fake_clock.h"
#include "virustotal/api/dialect.h"
#include "virustotal/http/curl_loop.h"
#include "virustotal/virustotal.h"

namespace vtlookup {
namespace {

constexpr std::string_view kBody =
    R"({"error": {"code": "NotFoundError", "message": "no"}})";

// Answers the first request of each connection, and closes the connection as
// soon as it has read the second. One thread.
class ClosingServer {
 public:
  ClosingServer() : listener_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const raw = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(bind(listener_, raw, size), 0);
    EXPECT_EQ(listen(listener_, 16), 0);
    EXPECT_EQ(getsockname(listener_, raw, &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { Run(); });
  }

  ~ClosingServer() {
    stopping_ = true;
    thread_.join();
    close(listener_);
  }

  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(port_);
  }
  int requests() const { return requests_; }

 private:
  void Run() {
    while (!stopping_) {
      if (!Readable(listener_)) continue;
      const int connection = accept(listener_, nullptr, nullptr);
      if (connection < 0) continue;
      if (ReadRequest(connection)) Answer(connection);
      ReadRequest(connection);
      close(connection);
    }
  }

  static bool Readable(int fd) {
    pollfd waiting = {.fd = fd, .events = POLLIN, .revents = 0};
    return poll(&waiting, 1, 10) == 1;
  }

  // Reads a GET request up to its empty line. False when the other side closes,
  // or at the end of the test.
  bool ReadRequest(int connection) {
    std::string text;
    while (text.find("\r\n\r\n") == std::string::npos) {
      if (stopping_) return false;
      if (!Readable(connection)) continue;
      char bytes[4096];
      const ssize_t got = recv(connection, bytes, sizeof(bytes), 0);
      if (got <= 0) return false;
      text.append(bytes, static_cast<size_t>(got));
    }
    ++requests_;
    return true;
  }

  static void Answer(int connection) {
    const std::string answer = "HTTP/1.1 404 Not Found\r\nContent-Length: " +
                               std::to_string(kBody.size()) + "\r\n\r\n" +
                               std::string(kBody);
    EXPECT_EQ(send(connection, answer.data(), answer.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(answer.size()));
  }

  const int listener_;
  uint16_t port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> requests_ = 0;
  std::thread thread_;
};

class ResendTest : public testing::Test {
 protected:
  void Open(Quota::Limits limits) {
    keys_ = std::make_unique<KeyRing>(
        std::vector<KeyRing::Setup>{
            {.name = "one",
             .access = {.base_url = server_.url(), .api_key = "KEY"},
             .limits = limits}},
        nullptr, clock_.ReadMoment(), nullptr);
    virustotal_ = std::make_unique<VirusTotal>(kDialectV3, clock_, loop_, loop_,
                                               *keys_, [] { return 0.5; });
  }

  ~ResendTest() override { loop_.Stop(); }

  absl::Status Fetch() {
    absl::Status status;
    std::latch done(1);
    loop_.Post([&] {
      virustotal_->Fetch(*Indicator::Parse(Kind::kDomain, "a.com"),
                         Purpose::kReport, Lane::kInteractive,
                         [&](const absl::StatusOr<Upstream::Reply>& reply,
                             uint32_t /*requests*/) {
                           status = reply.status();
                           done.count_down();
                         });
    });
    done.wait();
    return status;
  }

  int Counted() {
    std::latch done(1);
    uint32_t counted = 0;
    loop_.Post([&] {
      counted = keys_->keys()[0]
                    ->quota.UsageAt(clock_.ReadMoment())
                    .windows[WindowKind::kDay]
                    .used;
      done.count_down();
    });
    done.wait();
    return static_cast<int>(counted);
  }

  static HttpOptions Options() {
    HttpOptions options;
    options.bypass_proxy = true;
    return options;
  }

  FakeClock clock_;
  ClosingServer server_;
  CurlLoop loop_{Options()};
  std::unique_ptr<KeyRing> keys_;
  std::unique_ptr<VirusTotal> virustotal_;
};

TEST_F(ResendTest, EveryRequestThatArrivesIsCounted) {
  Open({});
  for (int i = 0; i < 60; ++i) ASSERT_TRUE(Fetch().ok());
  EXPECT_EQ(server_.requests(), 119) << "all but the first are sent twice";
  EXPECT_EQ(Counted(), server_.requests());
  EXPECT_EQ(virustotal_->requests(), 119);
}

TEST_F(ResendTest, WithoutRoomNothingIsSentAgain) {
  Open({.per_day = 4});
  EXPECT_TRUE(Fetch().ok());
  EXPECT_TRUE(Fetch().ok());
  const absl::Status third = Fetch();
  EXPECT_EQ(FailureOf(third).reason, "VIRUSTOTAL_UNREACHABLE");
  EXPECT_FALSE(FailureOf(third).not_sent);
  EXPECT_EQ(server_.requests(), 4);
  EXPECT_EQ(Counted(), 4);
  EXPECT_EQ(FailureOf(Fetch()).quota, "day");
  EXPECT_EQ(server_.requests(), 4);
}

}  // namespace
}  // namespace vtlookup
