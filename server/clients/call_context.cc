#include "server/clients/call_context.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "core/clock.h"
#include "core/text.h"

namespace vtlookup {
namespace {

// The form is version-trace id-parent id-flags, in hexadecimal digits.
bool HasFormOfTrace(std::string_view text) {
  constexpr std::string_view kForm =
      "xx-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-xxxxxxxxxxxxxxxx-xx";
  const auto fits = [](char c, char form) {
    return form == '-' ? c == '-'
                       : absl::ascii_isxdigit(static_cast<unsigned char>(c));
  };
  return std::equal(text.begin(), text.end(), kForm.begin(), kForm.end(), fits);
}

}  // namespace

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
  return TraceIn({found->second.data(), found->second.size()});
}

std::string TraceIn(const std::string& header) {
  return HasFormOfTrace(header) ? header : "";
}

}  // namespace vtlookup
