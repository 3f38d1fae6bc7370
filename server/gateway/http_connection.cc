#include "server/gateway/http_connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl.hpp>
#include <limits>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/clock.h"
#include "core/text.h"
#include "server/gateway/header_values.h"
#include "server/gateway/http_exchange.h"
#include "server/gateway/http_request.h"
#include "server/gateway/http_tls.h"
#include "server/gateway/replies.h"
#include "server/misses/refusals.h"

namespace vtlookup {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

using Plain = beast::basic_stream<asio::generic::stream_protocol,
                                  asio::io_context::executor_type>;
using Secure = beast::ssl_stream<Plain>;
using Error = boost::system::error_code;

constexpr auto kHeaderTime = std::chrono::seconds(10);
constexpr auto kBodyTime = std::chrono::seconds(60);
constexpr auto kAnswerTime = std::chrono::seconds(60);
constexpr size_t kReadSize = 8192;
// A smaller body or answer does not count in HttpShared.
constexpr uint64_t kSmall = 64U << 10;

template <typename StreamType>
class Connection final
    : public HttpConnection,
      public std::enable_shared_from_this<Connection<StreamType>> {
 public:
  Connection(HttpShared& shared, StreamType stream, std::string peer,
             std::shared_ptr<asio::ssl::context> tls,
             std::function<void(HttpConnection*)> on_end)
      : shared_(shared),
        tls_(std::move(tls)),
        stream_(std::move(stream)),
        peer_(std::move(peer)),
        on_end_(std::move(on_end)) {}

  void Start() override {
    if constexpr (std::is_same_v<StreamType, Secure>) {
      Socket().expires_after(kHeaderTime);
      stream_.async_handshake(
          asio::ssl::stream_base::server, [self = Self()](const Error& error) {
            if (error) return self->End();
            self->names_ = PeerNamesOf(self->stream_.native_handle());
            self->Await();
          });
    } else {
      Await();
    }
  }

  void Close() override { Socket().close(); }

 private:
  std::shared_ptr<Connection> Self() { return this->shared_from_this(); }
  Plain& Socket() {
    if constexpr (std::is_same_v<StreamType, Secure>) {
      return stream_.next_layer();
    } else {
      return stream_;
    }
  }

  // Waits for the first byte of a request, which may have come already.
  void Await() {
    head_only_ = false;
    parser_.emplace();
    parser_->header_limit(shared_.max_headers);
    // OnHeaders sets the limit: a body that is streamed has none. (Without a
    // limit, this version of Beast refuses every Content-Length.)
    parser_->body_limit(std::numeric_limits<uint64_t>::max());
    if (buffer_.size() > 0) return ReadHeaders();
    idle_ = true;
    idle_since_ = MonotonicTime();
    Socket().expires_after(absl::ToChronoSeconds(kIdle));
    stream_.async_read_some(buffer_.prepare(kReadSize),
                            [self = Self()](const Error& error, size_t size) {
                              if (error) return self->End();
                              self->idle_ = false;
                              self->buffer_.commit(size);
                              self->ReadHeaders();
                            });
  }

  void ReadHeaders() {
    Socket().expires_after(kHeaderTime);
    http::async_read_header(stream_, buffer_, *parser_,
                            [self = Self()](const Error& error, size_t) {
                              if (error) return self->Refuse(error);
                              self->OnHeaders();
                            });
  }

  void OnHeaders() {
    if (absl::Status fault = CheckFraming(
            HeaderOf(*parser_, "transfer-encoding"), CountOf(*parser_, "host"));
        !fault.ok()) {
      return RefuseWith(400, fault);
    }
    if (shared_.is_streamed && shared_.is_streamed(PathOf(*parser_))) {
      return Stream();
    }
    const auto length = parser_->content_length();
    if (length.value_or(0) > shared_.max_body) {
      return Refuse(http::make_error_code(http::error::body_limit));
    }
    parser_->body_limit(shared_.max_body);
    const uint64_t body =
        parser_->chunked() ? shared_.max_body : length.value_or(0);
    if (body > kSmall) {
      if (shared_.bodies + body > shared_.max_bodies) {
        return RefuseWith(503,
                          absl::ResourceExhaustedError(
                              "other requests take all the room for bodies "
                              "(four times limits.max_request); try again"));
      }
      shared_.bodies += body;
      held_ = body;
    }
    if (absl::EqualsIgnoreCase(HeaderOf(*parser_, "expect"), "100-continue")) {
      return Continue();
    }
    ReadBody();
  }

  void Continue() {
    static constexpr std::string_view kLine = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(stream_, asio::buffer(kLine.data(), kLine.size()),
                      [self = Self()](const Error& error, size_t) {
                        if (error) return self->End();
                        self->ReadBody();
                      });
  }

  void ReadBody() {
    Socket().expires_after(kBodyTime);
    http::async_read(stream_, buffer_, *parser_,
                     [self = Self()](const Error& error, size_t) {
                       if (error) return self->Refuse(error);
                       self->Answer();
                     });
  }

  // Has the request answered. The timer is off meanwhile: the handler always
  // answers, by its own deadline at the latest.
  void Answer() {
    Socket().expires_never();
    if (!Accept()) return;
    shared_.handler(TakeRequest(), ReplyLater());
  }

  // Whether the request is for this server; otherwise it is refused.
  bool Accept() {
    if (!shared_.is_ours(HostIn(HeaderOf(*parser_, "host")))) {
      RefuseWith(421, absl::InvalidArgumentError(
                          "the Host header does not name this server; see "
                          "gateway.hosts"));
      return false;
    }
    keep_alive_ = parser_->get().keep_alive() && !shared_.closing;
    head_only_ = parser_->get().method() == http::verb::head;
    shared_.requests.Add(1);
    return true;
  }

  // Gives the connection to an exchange, which gives it back.
  void Stream() {
    if (parser_->get().version() < 11) {
      return RefuseWith(
          505, absl::InvalidArgumentError("the answer is streamed, which needs "
                                          "HTTP/1.1"));
    }
    if (!Accept()) return;
    const bool waits =
        absl::EqualsIgnoreCase(HeaderOf(*parser_, "expect"), "100-continue");
    std::shared_ptr<GatewayRequest> request = TakeRequest();
    using Exchange = HttpExchange<StreamType, Plain>;
    const auto exchange = std::make_shared<Exchange>(
        typename Exchange::Parts{
            .shared = shared_,
            .stream = stream_,
            .socket = Socket(),
            .buffer = buffer_,
            .owner = Self(),
            .keep_alive = keep_alive_,
            .expects_continue = waits,
            .head_only = head_only_,
            .on_end =
                [this](bool keep_alive) { keep_alive ? Await() : End(); }},
        *std::move(parser_));
    exchange->Open(std::move(request));
  }

  std::shared_ptr<GatewayRequest> TakeRequest() {
    auto request = std::make_shared<GatewayRequest>();
    const std::string_view target = Std(parser_->get().target());
    const size_t question = target.find('?');
    request->method = std::string(Std(parser_->get().method_string()));
    request->path = std::string(PathOf(*parser_));
    if (question != std::string_view::npos) {
      request->query = std::string(target.substr(question + 1));
    }
    request->content_type = TypeIn(HeaderOf(*parser_, "content-type"));
    request->api_key = HeaderOf(*parser_, "x-apikey");
    request->origin.peer = peer_;
    request->origin.token = TokenIn(HeaderOf(*parser_, "authorization"));
    request->origin.certificate_names = names_;
    request->origin.traceparent = HeaderOf(*parser_, "traceparent");
    request->body = std::move(parser_->get().body());
    return request;
  }

  // Returns a function that sends the answer from any thread, and closes the
  // connection if it is destroyed first.
  SendGatewayReply ReplyLater() {
    struct Closer {
      explicit Closer(std::shared_ptr<Connection> connection)
          : self(std::move(connection)) {}
      Closer(Closer&&) noexcept = default;
      Closer& operator=(Closer&&) noexcept = default;
      ~Closer() {
        if (self == nullptr) return;
        asio::post(self->shared_.io, [self = self] { self->End(); });
      }
      std::shared_ptr<Connection> self;
    };
    return [closer = Closer(Self())](GatewayReply reply) mutable {
      std::shared_ptr<Connection> self = std::move(closer.self);
      asio::dispatch(self->shared_.io,
                     [self, reply = std::move(reply)]() mutable {
                       self->Send(std::move(reply));
                     });
    };
  }

  void Send(GatewayReply reply) {
    FreeBody();
    reply_ = TakeUnsent(reply.size()) ? std::move(reply) : NotRead();
    head_ = HeadOf(reply_, keep_alive_);
    if (head_only_) DropBody();
    Socket().expires_after(kAnswerTime);
    const std::array<asio::const_buffer, 3> parts = {
        asio::buffer(head_), asio::buffer(reply_.body),
        asio::buffer(reply_.shared_body.data(), reply_.shared_body.size())};
    asio::async_write(stream_, parts,
                      [self = Self()](const Error& error, size_t) {
                        self->FreeUnsent();
                        if (error || !self->keep_alive_) return self->End();
                        self->reply_ = {};
                        self->Await();
                      });
  }

  // HEAD has the headers of an answer without its body.
  void DropBody() {
    reply_.body.clear();
    reply_.shared_body = {};
  }

  // Whether there is room for an answer that the client may never read.
  bool TakeUnsent(uint64_t size) {
    if (size <= kSmall) return true;
    if (shared_.unsent + size > shared_.max_unsent) return false;
    unsent_ = size;
    shared_.unsent += size;
    return true;
  }

  void FreeUnsent() { shared_.unsent -= std::exchange(unsent_, 0); }

  GatewayReply NotRead() {
    shared_.not_read.Add(1);
    return ErrorReply(RepliesNotRead(shared_.max_unsent));
  }

  // Answers a request that could not be read.
  void Refuse(const Error& error) {
    if (error == http::error::header_limit) {
      return RefuseWith(431, absl::InvalidArgumentError(
                                 absl::StrCat("the headers have more than ",
                                              shared_.max_headers, " bytes")));
    }
    if (error == http::error::body_limit) {
      return RefuseWith(413, absl::InvalidArgumentError(absl::StrCat(
                                 "the body has more than limits.max_request, ",
                                 shared_.max_body, " bytes")));
    }
    if (error == beast::error::timeout ||
        error.category() !=
            http::make_error_code(http::error::end_of_stream).category() ||
        error == http::error::end_of_stream ||
        error == http::error::partial_message) {
      return End();
    }
    RefuseWith(400,
               absl::InvalidArgumentError(absl::StrCat(
                   "this is not a request of HTTP/1.1: ", error.message())));
  }

  void RefuseWith(int status, const absl::Status& why) {
    shared_.refused.Add(1);
    keep_alive_ = false;
    Send(ErrorReply(status, why));
  }

  void FreeBody() {
    shared_.bodies -= held_;
    held_ = 0;
  }

  void End() {
    FreeBody();
    FreeUnsent();
    Socket().close();
    if (on_end_) std::exchange(on_end_, nullptr)(this);
  }

  HttpShared& shared_;
  const std::shared_ptr<asio::ssl::context> tls_;  // outlives the stream
  StreamType stream_;
  const std::string peer_;
  std::function<void(HttpConnection*)> on_end_;
  std::vector<std::string> names_;  // of the client's certificate
  beast::flat_buffer buffer_;
  std::optional<Parser> parser_;  // of the present request
  uint64_t held_ = 0;             // bytes of shared_.bodies
  uint64_t unsent_ = 0;           // bytes of shared_.unsent
  bool keep_alive_ = false;
  bool head_only_ = false;  // the request is HEAD
  std::string head_;        // of the answer that is being written
  GatewayReply reply_;
};

asio::generic::stream_protocol ProtocolOf(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return {address.ss_family, 0};
}

}  // namespace

std::shared_ptr<HttpConnection> MakeHttpConnection(
    HttpShared& shared, int fd, std::string peer,
    std::shared_ptr<asio::ssl::context> tls,
    std::function<void(HttpConnection*)> on_end) {
  asio::basic_stream_socket<asio::generic::stream_protocol,
                            asio::io_context::executor_type>
      socket(shared.io.get_executor(), ProtocolOf(fd), fd);
  Plain plain(std::move(socket));
  if (tls == nullptr) {
    return std::make_shared<Connection<Plain>>(
        shared, std::move(plain), std::move(peer), nullptr, std::move(on_end));
  }
  Secure secure(std::move(plain), *tls);
  return std::make_shared<Connection<Secure>>(shared, std::move(secure),
                                              std::move(peer), std::move(tls),
                                              std::move(on_end));
}

}  // namespace vtlookup
