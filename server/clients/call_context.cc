#include "server/clients/call_context.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "core/clock.h"
#include "core/text.h"

namespace vtlookup {

std::string ClientOf(std::string_view peer) {
  // gRPC escapes brackets: "ipv6:%5B::1%5D:4567".
  const bool tcp = absl::StartsWith(ToAbsl(peer), "ipv4:") ||
                   absl::StartsWith(ToAbsl(peer), "ipv6:");
  if (!tcp || absl::StartsWith(ToAbsl(peer), "ipv4:127.") ||
      absl::StartsWith(ToAbsl(peer), "ipv6:%5B::1%5D")) {
    return std::string(peer);
  }
  return std::string(peer.substr(0, peer.rfind(':')));
}

absl::Duration TimeLeft(const grpc::ServerContextBase& context) {
  const absl::Duration left =
      absl::FromChrono(context.deadline()) - RealClock().Now();
  // gRPC gives a call without a deadline the largest time of the type.
  return left > absl::Hours(24 * 365) ? absl::InfiniteDuration() : left;
}

std::string TraceOf(const grpc::ServerContextBase& context) {
  const auto found = context.client_metadata().find("traceparent");
  if (found == context.client_metadata().end()) return "";
  // The form is version-trace id-parent id-flags, in hexadecimal digits.
  const std::string text(found->second.data(), found->second.size());
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return c == '-' || absl::ascii_isxdigit(static_cast<unsigned char>(c));
  });
  return plain && text.size() == 55 ? text : "";
}

}  // namespace vtlookup
