// How a streamed request passes the server, over real sockets. What is made of
// rows is tested in tests/gateway.

#include "server/gateway/http_stream.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "core/mutex.h"
#include "server/gateway/http_server.h"
#include "server/gateway/replies.h"

namespace vtlookup {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

// Answers with the body, piece by piece, as far as it was told.
class Echo final : public HttpStreamUser {
 public:
  explicit Echo(std::shared_ptr<HttpStream> stream)
      : stream_(std::move(stream)) {
    stream_->Begin({.content_type = "text/plain"});
    stream_->Read();
  }

  void OnPiece(std::string piece, bool last) override {
    if (piece == "cut") return stream_->Cut();
    if (!piece.empty()) stream_->Write(std::move(piece));
    if (last) return stream_->End({{"X-Trailer", "yes"}});
    stream_->Read();
  }
  void OnSent(size_t bytes) override {
    MutexLock lock(mu_);
    sent_ += bytes;
  }
  void OnOver(bool whole) override {
    MutexLock lock(mu_);
    over_ = whole ? "whole" : "not whole";
    changed_.NotifyAll();
  }
  bool Working() const override { return working; }

  // Waits for the end of the stream.
  std::string over() {
    MutexLock lock(mu_);
    while (over_.empty()) changed_.Wait(mu_);
    return over_;
  }
  size_t sent() {
    MutexLock lock(mu_);
    return sent_;
  }

  std::atomic<bool> working = false;

 private:
  const std::shared_ptr<HttpStream> stream_;
  Mutex mu_;
  CondVar changed_;
  size_t sent_ = 0;
  std::string over_;
};

class Client {
 public:
  explicit Client(const std::string& address) {
    fd_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int port = 0;
    EXPECT_TRUE(
        absl::SimpleAtoi(address.substr(address.rfind(':') + 1), &port));
    to.sin_port = htons(static_cast<uint16_t>(port));
    EXPECT_EQ(connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
  }
  ~Client() { close(fd_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void Send(std::string_view text) const {
    EXPECT_EQ(send(fd_, text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
  }
  // Reads until the answer ends with `end`, or the server has closed.
  std::string Until(std::string_view end) const {
    std::string got;
    char part[4096];
    while (!got.ends_with(end)) {
      const ssize_t size = recv(fd_, part, sizeof part, 0);
      if (size <= 0) return got + "[closed]";
      got.append(part, static_cast<size_t>(size));
    }
    return got;
  }

 private:
  int fd_ = -1;
};

constexpr std::string_view kChunked =
    "POST /stream HTTP/1.1\r\nHost: localhost\r\n"
    "Transfer-Encoding: chunked\r\n\r\n";

class HttpStreamTest : public testing::Test {
 protected:
  void Serve(absl::Duration idle = absl::Minutes(1)) {
    auto server = HttpServer::Start(
        {.address = "127.0.0.1:0",
         .max_connections = 10,
         .max_headers = 8192,
         .max_body = 1000,
         .max_unsent = 1 << 20,
         .is_ours = [](const std::string&) { return true; },
         .handler =
             [](std::shared_ptr<GatewayRequest>, SendGatewayReply reply) {
               std::move(reply)({.body = "{}\n"});
             },
         .is_streamed = [](std::string_view path) { return path == "/stream"; },
         .stream_handler =
             [this](const std::shared_ptr<GatewayRequest>& request,
                    std::shared_ptr<HttpStream> stream) {
               return Open(*request, std::move(stream));
             },
         .stream_idle = idle});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  // The user of the first stream.
  std::shared_ptr<Echo> echo() {
    MutexLock lock(mu_);
    while (echo_ == nullptr) changed_.Wait(mu_);
    return echo_;
  }

  std::shared_ptr<HttpStreamUser> Open(const GatewayRequest& request,
                                       std::shared_ptr<HttpStream> stream) {
    if (request.query == "no") {
      stream->Reply(ErrorReply(absl::InvalidArgumentError("no")));
      return nullptr;
    }
    auto made = std::make_shared<Echo>(std::move(stream));
    MutexLock lock(mu_);
    if (echo_ == nullptr) echo_ = made;
    changed_.NotifyAll();
    return made;
  }

  Mutex mu_;
  CondVar changed_;
  std::shared_ptr<Echo> echo_;
  std::unique_ptr<HttpServer> server_;  // destroyed first
};

TEST_F(HttpStreamTest, PiecesComeBackBeforeTheBodyHasEnded) {
  Serve();
  const Client client(server_->address());
  client.Send(kChunked);
  client.Send("3\r\nabc\r\n");
  EXPECT_THAT(client.Until("abc\r\n"), HasSubstr("Transfer-Encoding: chunked"));
  client.Send("2\r\nde\r\n0\r\n\r\n");
  EXPECT_EQ(client.Until("\r\n\r\n"), "2\r\nde\r\n0\r\nX-Trailer: yes\r\n\r\n");
  EXPECT_EQ(echo()->over(), "whole");
  EXPECT_EQ(echo()->sent(), 5U);
}

TEST_F(HttpStreamTest, TheConnectionGoesOnBehindAStream) {
  Serve();
  const Client client(server_->address());
  for (int i = 0; i < 3; ++i) {
    client.Send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_THAT(client.Until("{}\n"), HasSubstr(" 200 "));
    client.Send(kChunked);
    client.Send("0\r\n\r\n");
    EXPECT_THAT(client.Until("\r\n\r\n"), HasSubstr(" 200 "));
  }
}

TEST_F(HttpStreamTest, ABodyBehindAnErrorIsDropped) {
  Serve();
  const Client client(server_->address());
  client.Send(
      "POST /stream?no HTTP/1.1\r\nHost: localhost\r\n"
      "Content-Length: 100000\r\n\r\n");
  EXPECT_THAT(client.Until("}\n"), HasSubstr(" 400 "));
  client.Send(std::string(100000, 'x'));
  client.Send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_THAT(client.Until("{}\n"), HasSubstr(" 200 "));
}

TEST_F(HttpStreamTest, ACutAnswerHasNoLastChunk) {
  Serve();
  const Client client(server_->address());
  client.Send(kChunked);
  client.Send("3\r\nabc\r\n");
  EXPECT_THAT(client.Until("abc\r\n"), EndsWith("3\r\nabc\r\n"));
  client.Send("3\r\ncut\r\n");
  EXPECT_EQ(client.Until("0\r\n\r\n"), "[closed]");
  EXPECT_EQ(echo()->over(), "not whole");
}

TEST_F(HttpStreamTest, AClientThatLeavesIsNoticed) {
  Serve();
  {
    const Client client(server_->address());
    client.Send(kChunked);
    client.Send("3\r\nabc\r\n");
    client.Until("abc\r\n");
  }
  EXPECT_EQ(echo()->over(), "not whole");
}

TEST_F(HttpStreamTest, AClientThatDoesNothingIsCutAndCounted) {
  Serve(absl::Milliseconds(10));
  const Client client(server_->address());
  client.Send(kChunked);
  client.Send("3\r\nabc\r\n");
  client.Until("abc\r\n");
  EXPECT_EQ(echo()->over(), "not whole");
  EXPECT_EQ(server_->cut_idle().value(), 1U);
}

TEST_F(HttpStreamTest, AClientThatWaitsForAnAnswerIsNotCut) {
  Serve(absl::Milliseconds(10));
  const Client client(server_->address());
  client.Send(kChunked);
  client.Send("3\r\nabc\r\n");
  echo()->working = true;
  client.Until("abc\r\n");
  // Another one is cut meanwhile.
  const Client other(server_->address());
  other.Send(kChunked);
  EXPECT_THAT(other.Until("nothing"), EndsWith("[closed]"));
  client.Send("0\r\n\r\n");
  EXPECT_THAT(client.Until("\r\n\r\n"), HasSubstr("X-Trailer"));
}

TEST_F(HttpStreamTest, OldClientsAreRefused) {
  Serve();
  const Client client(server_->address());
  client.Send("POST /stream HTTP/1.0\r\nHost: localhost\r\n\r\n");
  EXPECT_THAT(client.Until("nothing"), HasSubstr(" 505 "));
}

TEST_F(HttpStreamTest, TheServerMayEndInTheMiddle) {
  Serve();
  const Client client(server_->address());
  client.Send(kChunked);
  client.Send("3\r\nabc\r\n");
  client.Until("abc\r\n");
  server_ = nullptr;
  EXPECT_EQ(client.Until("nothing"), "[closed]");
}

}  // namespace
}  // namespace vtlookup
