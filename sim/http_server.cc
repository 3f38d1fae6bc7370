#include "sim/http_server.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "sim/text.h"

namespace vtsim {
namespace {

using std::chrono::milliseconds;

timeval ToTimeval(milliseconds delay) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(delay);
  return {seconds.count(), (delay - seconds).count() * 1000};
}

double UnixTime() {
  return std::chrono::duration<double>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// One answer: waits, sends, and deletes itself. libevent owns the request. When
// the connection is closed early, the Exchange deletes itself, too.
class Exchange {
 public:
  static void Begin(event_base* base, evhttp_request* request,
                    Response response) {
    auto* const exchange = new Exchange(base, request, std::move(response));
    exchange->Start();
  }

 private:
  static constexpr milliseconds kSlice{100};  // between pieces of a slow body

  Exchange(event_base* base, evhttp_request* request, Response response)
      : request_(request),
        connection_(evhttp_request_get_connection(request)),
        response_(std::move(response)),
        timer_(event_new(base, -1, 0, &Exchange::OnTimer, this)) {
    evhttp_connection_set_closecb(connection_, &Exchange::OnClose, this);
  }

  ~Exchange() {
    event_free(timer_);
    if (!closed_) evhttp_connection_set_closecb(connection_, nullptr, nullptr);
  }

  static void OnTimer(evutil_socket_t, short, void* self) {
    static_cast<Exchange*>(self)->Next();
  }

  static void OnClose(evhttp_connection*, void* self) {
    auto* const exchange = static_cast<Exchange*>(self);
    exchange->closed_ = true;
    delete exchange;
  }

  void Wait(milliseconds delay) {
    const timeval time = ToTimeval(delay);
    event_add(timer_, &time);
  }

  void Start() {
    // Waits even without latency, because a connection must not be freed from
    // within libevent's own call.
    if (!response_.fault.hang) Wait(response_.fault.latency);
  }

  void Next() {
    if (tearing_down_) return TearDown();
    if (sending_) return SendPiece();
    if (response_.fault.reset) {
      const linger hard{1, 0};
      setsockopt(Socket(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
      return TearDown();
    }
    Compress();
    if (response_.fault.cut.has_value()) return SendCut();
    SetHeaders();
    if (response_.fault.slow.count() > 0) {
      evhttp_send_reply_start(request_, response_.status, nullptr);
      sending_ = true;
      return SendPiece();
    }
    evbuffer* const body = evbuffer_new();
    evbuffer_add(body, response_.body.data(), response_.body.size());
    evhttp_connection_set_closecb(connection_, nullptr, nullptr);
    evhttp_send_reply(request_, response_.status, nullptr, body);
    evbuffer_free(body);
    closed_ = true;  // the reply may have freed the connection
    delete this;
  }

  evutil_socket_t Socket() const {
    return bufferevent_getfd(evhttp_connection_get_bufferevent(connection_));
  }

  void TearDown() {
    evhttp_connection* const connection = connection_;
    evhttp_connection_set_closecb(connection, nullptr, nullptr);
    closed_ = true;
    delete this;
    evhttp_connection_free(connection);
  }

  // Like the real service, compresses only for clients that accept gzip and
  // name it as their agent.
  void Compress() {
    const auto* const headers = evhttp_request_get_input_headers(request_);
    const char* const accept = evhttp_find_header(headers, "Accept-Encoding");
    const char* const agent = evhttp_find_header(headers, "User-Agent");
    const auto says_gzip = [](const char* text) {
      return text != nullptr &&
             std::string_view(text).find("gzip") != std::string_view::npos;
    };
    if (response_.fault.plain || response_.body.size() < 200 ||
        !says_gzip(accept) || !says_gzip(agent)) {
      return;
    }
    response_.body = Gzip(response_.body);
    compressed_ = true;
  }

  void SetHeaders() {
    auto* const headers = evhttp_request_get_output_headers(request_);
    evhttp_add_header(headers, "Content-Type", response_.content_type.c_str());
    if (compressed_) evhttp_add_header(headers, "Content-Encoding", "gzip");
  }

  void SendPiece() {
    const auto pieces = std::max<int64_t>(1, response_.fault.slow / kSlice);
    const size_t size = std::max<size_t>(
        1, response_.body.size() / static_cast<size_t>(pieces));
    const std::string piece = response_.body.substr(sent_, size);
    if (piece.empty()) {
      evhttp_connection_set_closecb(connection_, nullptr, nullptr);
      evhttp_send_reply_end(request_);
      closed_ = true;
      delete this;
      return;
    }
    sent_ += piece.size();
    evbuffer* const buffer = evbuffer_new();
    evbuffer_add(buffer, piece.data(), piece.size());
    evhttp_send_reply_chunk(request_, buffer);
    evbuffer_free(buffer);
    Wait(kSlice);
  }

  // Announces the whole body, sends a part of it, and closes.
  void SendCut() {
    std::string bytes =
        "HTTP/1.1 " + std::to_string(response_.status) +
        " OK\r\nContent-Type: " + response_.content_type +
        "\r\nContent-Length: " + std::to_string(response_.body.size()) +
        "\r\n" + (compressed_ ? "Content-Encoding: gzip\r\n" : "") + "\r\n" +
        response_.body.substr(0, *response_.fault.cut);
    // libevent has writing off while it waits for its own reply.
    bufferevent_enable(evhttp_connection_get_bufferevent(connection_),
                       EV_WRITE);
    bufferevent_write(evhttp_connection_get_bufferevent(connection_),
                      bytes.data(), bytes.size());
    tearing_down_ = true;
    Wait(milliseconds(50));  // time for the bytes to leave
  }

  evhttp_request* const request_;
  evhttp_connection* const connection_;
  Response response_;
  event* const timer_;
  size_t sent_ = 0;
  bool compressed_ = false;
  bool sending_ = false;
  bool tearing_down_ = false;
  bool closed_ = false;
};

std::string BodyOf(evhttp_request* request) {
  evbuffer* const buffer = evhttp_request_get_input_buffer(request);
  std::string body(evbuffer_get_length(buffer), '\0');
  evbuffer_copyout(buffer, body.data(), body.size());
  return body;
}

Request ReadRequest(evhttp_request* raw) {
  std::map<std::string, std::string> headers;
  for (const evkeyval* header =
           evhttp_request_get_input_headers(raw)->tqh_first;
       header != nullptr; header = header->next.tqe_next) {
    headers.emplace(header->key, header->value);
  }
  const bool post = evhttp_request_get_command(raw) == EVHTTP_REQ_POST;
  return MakeRequest(post ? "POST" : "GET", evhttp_request_get_uri(raw),
                     headers, BodyOf(raw));
}

void StopLoop(evutil_socket_t, short, void* base) {
  event_base_loopbreak(static_cast<event_base*>(base));
}

}  // namespace

HttpServer::HttpServer(Simulator& simulator, std::FILE* log)
    : simulator_(simulator),
      log_(log),
      base_(event_base_new()),
      http_(evhttp_new(base_)) {
  evhttp_set_allowed_methods(http_, EVHTTP_REQ_GET | EVHTTP_REQ_POST);
  evhttp_set_default_content_type(http_, nullptr);
  evhttp_set_timeout(http_, 24 * 60 * 60);
  evhttp_set_gencb(http_, &HttpServer::OnRequest, this);
}

HttpServer::~HttpServer() {
  evhttp_free(http_);
  event_base_free(base_);
}

uint16_t HttpServer::Listen(const std::string& address, uint16_t port) {
  evhttp_bound_socket* const bound =
      evhttp_bind_socket_with_handle(http_, address.c_str(), port);
  if (bound == nullptr) return 0;
  const evutil_socket_t fd = evhttp_bound_socket_get_fd(bound);
  listen(fd, 4096);  // libevent asks for 128, and a burst needs more
  sockaddr_in name{};
  socklen_t size = sizeof name;
  getsockname(fd, reinterpret_cast<sockaddr*>(&name), &size);
  return ntohs(name.sin_port);
}

void HttpServer::Run() {
  event* const term = evsignal_new(base_, SIGTERM, &StopLoop, base_);
  event* const interrupt = evsignal_new(base_, SIGINT, &StopLoop, base_);
  evsignal_add(term, nullptr);
  evsignal_add(interrupt, nullptr);
  event_base_dispatch(base_);
  event_free(term);
  event_free(interrupt);
}

void HttpServer::OnRequest(evhttp_request* request, void* self) {
  static_cast<HttpServer*>(self)->Handle(request);
}

void HttpServer::Handle(evhttp_request* raw) {
  const Request request = ReadRequest(raw);
  const double now = UnixTime();
  Response response = simulator_.Answer(request, static_cast<int64_t>(now));
  if (log_ != nullptr) Log(request, response, now);
  Exchange::Begin(base_, raw, std::move(response));
}

void HttpServer::Log(const Request& request, const Response& response,
                     double unix_time) const {
  nlohmann::ordered_json line;
  line["number"] = simulator_.requests();
  line["time"] = unix_time;
  line["method"] = request.method;
  line["path"] = request.path;
  line["indicators"] = response.indicators;
  line["scan"] = request.Parameter("scan") == "1";
  // The log needs to tell keys apart, and must not show them.
  const std::string key = simulator_.KeyOf(request);
  line["key_sha256"] = key.empty() ? "" : Sha256Hex(key).substr(0, 8);
  line["key_in_query"] = request.query.contains("apikey");
  line["status"] = response.status;
  line["origin"] = response.origin;
  line["fault"] = response.fault.text;
  const std::string text =
      line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  std::fprintf(log_, "%s\n", text.c_str());
  std::fflush(log_);
}

}  // namespace vtsim
