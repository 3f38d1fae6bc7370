#include "server/transport/stream_counts.h"

#include <grpc/grpc.h>
#include <grpc/support/alloc.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "absl/strings/numbers.h"

namespace vtlookup {
namespace {

using Json = nlohmann::json;

// channelz writes "chttp2 ipv4:10.1.2.3:4567" for a connection.
constexpr std::string_view kTransport = "chttp2 ";

// Takes over a JSON text of channelz. Null when there is none, for example
// because the connection has ended.
Json Parse(char* text) {
  if (text == nullptr) return nullptr;
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  gpr_free(text);
  return json.is_object() ? json : Json();
}

// proto3 JSON writes 64-bit integers as texts, and leaves zeros out.
int64_t IntegerAt(const Json& json, const Json::json_pointer& path) {
  int64_t number = 0;
  const Json value = json.value(path, Json());
  if (value.is_string()) {
    static_cast<void>(absl::SimpleAtoi(value.get<std::string>(), &number));
  }
  return number;
}

// Asks channelz for a list, page by page: `get` returns the page that begins at
// an identifier, `key` is the name of the list in it, and `id` is where an
// element has its identifier. Calls `visit` with each element and its
// identifier.
template <typename Get, typename Visit>
void ForEach(const Get& get, const char* key, const Json::json_pointer& id,
             const Visit& visit) {
  int64_t next = 0;
  for (;;) {
    const Json page = Parse(get(next));
    const auto list = page.find(key);
    if (!page.is_object() || list == page.end() || list->empty()) return;
    for (const Json& element : *list) {
      next = IntegerAt(element, id) + 1;
      visit(element, next - 1);
    }
    if (page.value("end", false)) return;
  }
}

}  // namespace

void StreamCounts::List() {
  sockets_.clear();
  const auto remember = [this](const Json& socket, int64_t id) {
    std::string name = socket.value("name", "");
    if (name.starts_with(kTransport)) {
      sockets_[name.substr(kTransport.size())] = id;
    }
  };
  const auto list_sockets = [&](const Json& /*server*/, int64_t server) {
    ForEach(
        [server](int64_t from) {
          return grpc_channelz_get_server_sockets(server, from, 0);
        },
        "socketRef", Json::json_pointer("/socketId"), remember);
  };
  ForEach([](int64_t from) { return grpc_channelz_get_servers(from); },
          "server", Json::json_pointer("/ref/serverId"), list_sockets);
}

std::optional<uint64_t> StreamCounts::Of(const std::string& peer,
                                         absl::Duration monotonic_now) {
  if (peer.starts_with("unix:")) return std::nullopt;
  auto found = sockets_.find(peer);
  if (found == sockets_.end()) {
    if (monotonic_now - listed_ < kListAgain) return std::nullopt;
    listed_ = monotonic_now;
    List();
    found = sockets_.find(peer);
    if (found == sockets_.end()) return std::nullopt;
  }
  const Json socket = Parse(grpc_channelz_get_socket(found->second));
  if (socket.is_null()) {
    // The connection has ended. A later one may have the same name.
    sockets_.erase(found);
    return std::nullopt;
  }
  const auto count = [&socket](const char* name) {
    return IntegerAt(socket, Json::json_pointer("/socket/data") / name);
  };
  // The counts are read one after the other, so the second may be newer.
  return static_cast<uint64_t>(std::max<int64_t>(
      0, count("streamsStarted") - count("streamsSucceeded")));
}

}  // namespace vtlookup
