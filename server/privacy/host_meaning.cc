#include "server/privacy/host_meaning.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "core/host.h"
#include "core/text.h"

namespace vtlookup {
namespace {

bool AllOf(std::string_view text, bool (*test)(unsigned char)) {
  return std::all_of(text.begin(), text.end(), [test](char c) {
    return test(static_cast<unsigned char>(c));
  });
}

std::string_view WithoutDot(std::string_view host) {
  if (!host.empty() && host.back() == '.') host.remove_suffix(1);
  return host;
}

void AddAddress(const std::string& spelling, std::vector<std::string>* all) {
  in_addr address;
  if (inet_aton(spelling.c_str(), &address) == 0) return;
  char text[INET_ADDRSTRLEN];
  inet_ntop(AF_INET, &address, text, sizeof text);
  if (std::find(all->begin(), all->end(), text) == all->end()) {
    all->emplace_back(text);
  }
}

// The host with each decimal number without its leading zeros.
std::string ReadAsDecimal(std::string_view host) {
  std::vector<std::string> labels = absl::StrSplit(ToAbsl(host), '.');
  for (std::string& label : labels) {
    if (label.empty() || !AllOf(label, absl::ascii_isdigit)) continue;
    label.erase(0, std::min(label.find_first_not_of('0'), label.size() - 1));
  }
  return absl::StrJoin(labels, ".");
}

}  // namespace

bool EndsInNumber(std::string_view host) {
  host = WithoutDot(host);
  std::string_view last = host.substr(host.rfind('.') + 1);
  if (last.empty()) return false;
  if (AllOf(last, absl::ascii_isdigit)) return true;
  if (last.substr(0, 2) != "0x" && last.substr(0, 2) != "0X") return false;
  return AllOf(last.substr(2), absl::ascii_isxdigit);
}

std::vector<std::string> AddressesMeantBy(std::string_view host) {
  host = WithoutDot(host);
  if (host.find(':') != std::string_view::npos) {
    const std::optional<std::string> ip = CanonicalIp(host);
    if (ip.has_value()) return {*ip};
    return {};
  }
  std::vector<std::string> all;
  if (!EndsInNumber(host)) return all;
  AddAddress(std::string(host), &all);
  AddAddress(ReadAsDecimal(host), &all);
  return all;
}

}  // namespace vtlookup
