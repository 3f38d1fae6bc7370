#include "client/command/session.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "absl/strings/ascii.h"
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

}  // namespace

absl::StatusOr<Session> OpenSession(const Arguments& arguments) {
  const absl::StatusOr<std::string> token = TokenOf(arguments);
  if (!token.ok()) return token.status();
  const auto channel = Connect(arguments.server, arguments.connection);
  if (!channel.ok()) return channel.status();
  return Session{.channel = *channel,
                 .token = *token,
                 .client = Client(*channel, {.timeout = arguments.timeout,
                                             .token = *token})};
}

}  // namespace vtlookup
