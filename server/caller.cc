#include "server/caller.h"

#include "absl/strings/match.h"
#include "core/clock.h"
#include "core/text.h"

namespace vtlookup {

std::string ClientOf(std::string_view peer) {
  // Brackets are escaped: "ipv6:%5B::1%5D:4567".
  const bool tcp = absl::StartsWith(ToAbsl(peer), "ipv4:") ||
                   absl::StartsWith(ToAbsl(peer), "ipv6:");
  if (!tcp || absl::StartsWith(ToAbsl(peer), "ipv4:127.") ||
      absl::StartsWith(ToAbsl(peer), "ipv6:%5B::1%5D")) {
    return std::string(peer);
  }
  return std::string(peer.substr(0, peer.rfind(':')));
}

absl::Duration TimeLeft(const grpc::CallbackServerContext& context) {
  const absl::Duration left =
      absl::FromChrono(context.deadline()) - RealClock().Now();
  // "None" is as far away as the type of the deadline reaches.
  return left > absl::Hours(24 * 365) ? absl::InfiniteDuration() : left;
}

}  // namespace vtlookup
