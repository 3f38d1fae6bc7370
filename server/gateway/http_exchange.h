#ifndef VTLOOKUP_SERVER_GATEWAY_HTTP_EXCHANGE_H_
#define VTLOOKUP_SERVER_GATEWAY_HTTP_EXCHANGE_H_

#include <poll.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "core/clock.h"
#include "server/gateway/http_connection.h"
#include "server/gateway/http_stream.h"
#include "server/gateway/replies.h"

namespace vtlookup {

// One streamed request on a connection (http_stream.h): reads its body, writes
// its answer, and gives the connection back. `Stream` is the connection's
// stream, with TLS or without, and `Socket` the one below it. For
// http_connection.cc only. Belongs to the server's thread; what HttpStream's
// callers want is posted there.
//
// There is at most one read and one write at a time. A tick in every second
// looks whether the client has left, and whether it does its part; so the
// stream's own timers are off.
template <typename Stream, typename Socket>
class HttpExchange final
    : public std::enable_shared_from_this<HttpExchange<Stream, Socket>> {
 public:
  // Borrows all but `owner`, which keeps them alive. `on_end` runs once; its
  // argument says whether the next request may follow on the connection.
  struct Parts {
    HttpShared& shared;
    Stream& stream;
    Socket& socket;
    boost::beast::flat_buffer& buffer;
    std::shared_ptr<void> owner;
    bool keep_alive;
    bool expects_continue;  // the client waits for "100 Continue"
    bool head_only;         // the request is HEAD, whose answer has no body
    std::function<void(bool keep_alive)> on_end;
  };

  // `headers` is a parser that has read the headers, and nothing else.
  template <typename HeaderParser>
  HttpExchange(Parts parts, HeaderParser&& headers)
      : parts_(std::move(parts)),
        parser_(std::forward<HeaderParser>(headers)),
        timer_(parts_.shared.io),
        progress_(MonotonicTime()) {}

  // Hands the request to the handler of streams. Called once.
  void Open(std::shared_ptr<GatewayRequest> request) {
    parts_.socket.expires_never();
    Tick();
    user_ = parts_.shared.stream_handler(
        std::move(request),
        std::make_shared<Remote>(parts_.shared.io, this->weak_from_this()));
  }

 private:
  using Error = boost::system::error_code;
  using Parser =
      boost::beast::http::request_parser<boost::beast::http::buffer_body>;

  static constexpr size_t kPiece = 64U << 10;
  // What is left of a body behind an error is read and dropped, because a
  // client that still sends would not see the error when the connection is
  // closed. A longer one is not worth that.
  static constexpr size_t kMostDropped = 8U << 20;
  static constexpr absl::Duration kDropTime = absl::Seconds(30);

  // Posts to the exchange what any thread wants of it. Knows the exchange
  // weakly, because its holders may outlive the server's thread.
  class Remote final : public HttpStream {
   public:
    Remote(boost::asio::io_context& io, std::weak_ptr<HttpExchange> exchange)
        : io_(io), exchange_(std::move(exchange)) {}

    void Read() override {
      Post([](HttpExchange& self) {
        self.asked_ = true;
        self.ReadOn();
      });
    }
    void Reply(GatewayReply reply) override {
      Post([reply = std::move(reply)](HttpExchange& self) {
        self.Put(HeadOf(reply, self.KeepsAlive()) +
                     (self.parts_.head_only ? "" : reply.body),
                 0);
        self.Finish(/*whole=*/true);
      });
    }
    void Begin(GatewayReply head) override {
      Post([head = std::move(head)](HttpExchange& self) {
        self.Put(StreamHeadOf(head, self.KeepsAlive()), 0);
      });
    }
    void Write(std::string piece) override {
      Post([piece = std::move(piece)](HttpExchange& self) {
        self.Put(absl::StrCat(absl::Hex(piece.size()), "\r\n", piece, "\r\n"),
                 piece.size());
      });
    }
    void End(Trailers trailers) override {
      Post([trailers = std::move(trailers)](HttpExchange& self) {
        std::string last = "0\r\n";
        for (const auto& [name, value] : trailers) {
          absl::StrAppend(&last, name, ": ", value, "\r\n");
        }
        self.Put(last + "\r\n", 0);
        self.Finish(/*whole=*/true);
      });
    }
    void Cut() override {
      Post([](HttpExchange& self) { self.Finish(/*whole=*/false); });
    }

   private:
    template <typename Wish>
    void Post(Wish wish) {
      boost::asio::post(io_, [exchange = exchange_, wish = std::move(wish)] {
        const std::shared_ptr<HttpExchange> self = exchange.lock();
        if (self != nullptr && !self->over_ && !self->finishing_) wish(*self);
      });
    }

    boost::asio::io_context& io_;
    const std::weak_ptr<HttpExchange> exchange_;
  };

  // Bytes to send, and how many of them are the user's.
  struct Output {
    std::string bytes;
    size_t payload = 0;
  };

  bool KeepsAlive() const {
    return parts_.keep_alive && !parts_.shared.closing;
  }

  void ReadOn() {
    if (over_ || reading_ || !(asked_ || dropping_)) return;
    if (parser_.is_done()) return OnBody({}, /*last=*/true);
    if (std::exchange(parts_.expects_continue, false)) {
      Put("HTTP/1.1 100 Continue\r\n\r\n", 0);
    }
    reading_ = true;
    piece_.resize(kPiece);
    parser_.get().body().data = piece_.data();
    parser_.get().body().size = piece_.size();
    boost::beast::http::async_read_some(
        parts_.stream, parts_.buffer, parser_,
        [self = this->shared_from_this()](const Error& error, size_t) {
          self->OnRead(error);
        });
  }

  void OnRead(const Error& error) {
    reading_ = false;
    if (over_) return;
    if (error && error != boost::beast::http::error::need_buffer) {
      return Leave();
    }
    progress_ = MonotonicTime();
    piece_.resize(kPiece - parser_.get().body().size);
    // Nothing but the frame of a chunk may have come.
    if (piece_.empty() && !parser_.is_done()) return ReadOn();
    OnBody(std::exchange(piece_, {}), parser_.is_done());
  }

  void OnBody(std::string piece, bool last) {
    if (dropping_) {
      dropped_ += piece.size();
      if (last) return Leave(KeepsAlive() && !cut_);
      return dropped_ > kMostDropped ? Leave() : ReadOn();
    }
    asked_ = false;
    if (user_ != nullptr) user_->OnPiece(std::move(piece), last);
  }

  void Put(std::string bytes, size_t payload) {
    output_.push_back({std::move(bytes), payload});
    WriteNext();
  }

  // Writes what there is, some pieces at a time.
  void WriteNext() {
    if (over_ || writing_) return;
    if (output_.empty()) {
      if (finishing_ && !dropping_) AfterAnswer();
      return;
    }
    sending_ = std::move(output_.front());
    output_.pop_front();
    while (!output_.empty() && sending_.bytes.size() < kPiece) {
      sending_.bytes += output_.front().bytes;
      sending_.payload += output_.front().payload;
      output_.pop_front();
    }
    writing_ = true;
    boost::asio::async_write(
        parts_.stream, boost::asio::buffer(sending_.bytes),
        [self = this->shared_from_this()](const Error& error, size_t) {
          self->OnWritten(error);
        });
  }

  void OnWritten(const Error& error) {
    writing_ = false;
    if (over_) return;
    if (error) return Leave();
    progress_ = MonotonicTime();
    const size_t payload = std::exchange(sending_, {}).payload;
    if (payload > 0 && user_ != nullptr) user_->OnSent(payload);
    WriteNext();
  }

  // Nothing is written any more behind what is in `output_`.
  void Finish(bool whole) {
    finishing_ = true;
    cut_ = !whole;
    WriteNext();
  }

  // The answer is sent. A body that goes on is dropped, and after a cut the
  // client's end is awaited, so that it gets what was sent before.
  void AfterAnswer() {
    if (const auto user = std::exchange(user_, nullptr)) user->OnOver(!cut_);
    if (parser_.is_done() && !cut_) return Leave(KeepsAlive());
    if (parts_.expects_continue) return Leave();
    if (cut_) {
      Error ignored;
      parts_.socket.socket().shutdown(boost::asio::socket_base::shutdown_send,
                                      ignored);
    }
    dropping_ = true;
    drop_until_ = MonotonicTime() + kDropTime;
    ReadOn();
  }

  // Ends the exchange; unless the next request may follow, also the connection.
  void Leave(bool keep_alive = false) {
    if (std::exchange(over_, true)) return;
    timer_.cancel();
    if (!keep_alive) parts_.socket.close();
    if (const auto user = std::exchange(user_, nullptr)) user->OnOver(false);
    std::exchange(parts_.on_end, nullptr)(keep_alive);
  }

  void Tick() {
    timer_.expires_after(std::chrono::seconds(1));
    timer_.async_wait([self = this->shared_from_this()](const Error& error) {
      if (error || self->over_) return;
      self->Check();
      if (!self->over_) self->Tick();
    });
  }

  void Check() {
    if (dropping_) {
      if (MonotonicTime() > drop_until_) Leave();
      return;
    }
    // A read notices by itself that the client has left.
    if (!reading_ && HasLeft()) return Leave();
    const bool its_turn =
        writing_ || (reading_ && (user_ == nullptr || !user_->Working()));
    if (!its_turn) {
      progress_ = MonotonicTime();
    } else if (MonotonicTime() - progress_ > parts_.shared.stream_idle) {
      parts_.shared.cut_idle.Add(1);
      Leave();
    }
  }

  // Whether the client has closed its side.
  bool HasLeft() {
    auto& socket = parts_.socket.socket();
    if (!socket.is_open()) return true;
    pollfd look{
        .fd = socket.native_handle(), .events = POLLRDHUP, .revents = 0};
    return poll(&look, 1, 0) == 1;
  }

  Parts parts_;
  Parser parser_;
  std::shared_ptr<HttpStreamUser> user_;  // until it knows that all is over
  boost::asio::steady_timer timer_;
  absl::Duration progress_;  // when the client last did its part (uptime)

  bool asked_ = false;    // the user wants a piece of the body
  bool reading_ = false;  // a read is under way
  std::string piece_;     // where it reads to
  bool writing_ = false;  // a write is under way
  Output sending_;        // what it writes
  std::deque<Output> output_;

  bool finishing_ = false;  // the answer ends with `output_`
  bool cut_ = false;        // it is not whole
  bool dropping_ = false;   // the answer is sent, the body goes on
  size_t dropped_ = 0;
  absl::Duration drop_until_;
  bool over_ = false;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_GATEWAY_HTTP_EXCHANGE_H_
