#include "client/command/session.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/command/arguments.h"
#include "core/address.h"
#include "core/secret.h"
#include "vtlookup/connection.h"

namespace vtlookup {
namespace {

// Reads the token file. Returns an empty token when no file is named.
absl::StatusOr<std::string> TokenOf(const Arguments& arguments) {
  if (arguments.token_file.empty()) return "";
  if (!arguments.connection.tls && !IsLocalAddress(arguments.server)) {
    return absl::InvalidArgumentError(
        "--token-file: a token is a password, so it is sent only with --tls, "
        "or to a daemon on this machine");
  }
  std::ifstream in(arguments.token_file);
  std::string token(std::istreambuf_iterator<char>(in), {});
  absl::StripAsciiWhitespace(&token);
  if (!in || token.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--token-file, ", Shown(arguments.token_file),
                     ": the file cannot be read, or is empty; --token-file "
                     "needs the name of a file that holds the token"));
  }
  // gRPC ends the process for a header with other characters.
  const bool plain = std::all_of(token.begin(), token.end(), [](char c) {
    return absl::ascii_isgraph(static_cast<unsigned char>(c));
  });
  if (!plain) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--token-file, ", Shown(arguments.token_file),
        ": the file must hold one token of ASCII characters, without blanks, "
        "on one line; it has other characters, or a byte order mark"));
  }
  return token;
}

// Checks the address here, because gRPC's error for a bad one comes from its
// resolver of names and does not help.
absl::Status CheckAddress(const std::string& server) {
  const std::string shown = Shown(server);
  for (const char* scheme : {"http://", "https://", "grpc://"}) {
    if (absl::StartsWithIgnoreCase(server, scheme)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "the address ", shown, ": leave ", scheme,
          " out; an address is host:port, such as 127.0.0.1:50051, and TLS is "
          "--tls"));
    }
  }
  if (server.starts_with('/')) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the address ", shown, ": a socket is written unix:", shown));
  }
  // A name of gRPC's own kinds, such as dns:///a:1, has a scheme.
  const bool has_scheme =
      IsUnixAddress(server) || server.find(":///") != std::string::npos ||
      server.starts_with("ipv4:") || server.starts_with("ipv6:");
  if (has_scheme || SplitAddress(server).has_value()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "the address ", shown,
      ": expected host:port, such as 127.0.0.1:50051 or [::1]:50051, or "
      "unix:/path"));
}

}  // namespace

absl::StatusOr<Session> OpenSession(const Arguments& arguments) {
  // Help and completion need no daemon.
  const bool connects = arguments.run != PrintText;
  if (absl::Status usable = CheckAddress(arguments.server);
      connects && !usable.ok()) {
    return usable;
  }
  const absl::StatusOr<std::string> token = TokenOf(arguments);
  if (!token.ok()) return token.status();
  const auto channels = ConnectSeveral(arguments.server, arguments.connection);
  if (!channels.ok()) return channels.status();
  return Session{.channel = channels->front(),
                 .token = *token,
                 .client = Client(*channels, {.timeout = arguments.timeout,
                                              .token = *token})};
}

}  // namespace vtlookup
