#include "server/gateway/header_values.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "core/text.h"

namespace vtlookup {

std::string HostIn(std::string_view header) {
  if (header.starts_with("[")) {
    return std::string(header.substr(1, header.find(']') - 1));
  }
  return std::string(header.substr(0, header.rfind(':')));
}

std::string TokenIn(const std::string& header) {
  constexpr std::string_view kBearer = "bearer ";
  if (!absl::StartsWithIgnoreCase(header, ToAbsl(kBearer))) return "";
  return header.substr(kBearer.size());
}

std::string TypeIn(const std::string& header) {
  std::string type = header.substr(0, header.find(';'));
  absl::StripAsciiWhitespace(&type);
  return absl::AsciiStrToLower(type);
}

absl::Status CheckFraming(const std::string& transfer_encoding, size_t hosts) {
  if (!transfer_encoding.empty() &&
      !absl::EqualsIgnoreCase(transfer_encoding, "chunked")) {
    return absl::InvalidArgumentError(
        "the only Transfer-Encoding that is understood is chunked");
  }
  if (hosts > 1) {
    return absl::InvalidArgumentError("the request has several Host headers");
  }
  return absl::OkStatus();
}

}  // namespace vtlookup
