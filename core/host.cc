#include "core/host.h"

#include <arpa/inet.h>
#include <idn2.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/text.h"

namespace vtlookup {
namespace {

constexpr size_t kMaxName = 253;
constexpr size_t kMaxLabel = 63;

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isascii(static_cast<unsigned char>(c));
  });
}

bool IsNameChar(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' ||
         c == '_';
}

// Maps to lower case and checks the letters, both by IDNA 2008 with the mapping
// of UTS 46.
absl::StatusOr<std::string> ToAForm(std::string_view text) {
  char* out = nullptr;
  const int rc = idn2_to_ascii_8z(std::string(text).c_str(), &out,
                                  IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);
  const std::unique_ptr<char, void (*)(void*)> owner(out, idn2_free);
  if (rc != IDN2_OK) {
    return absl::InvalidArgumentError(absl::StrCat(
        "not a valid internationalised domain name: ", idn2_strerror(rc)));
  }
  return std::string(out);
}

absl::Status CheckLabel(std::string_view label) {
  if (label.empty()) {
    return absl::InvalidArgumentError("the name has an empty label");
  }
  if (label.size() > kMaxLabel) {
    return absl::InvalidArgumentError(
        "a label of the name is longer than 63 characters");
  }
  if (!std::all_of(label.begin(), label.end(), IsNameChar)) {
    return absl::InvalidArgumentError(
        "the name has a character that host names must not have");
  }
  return absl::OkStatus();
}

}  // namespace

std::optional<std::string> CanonicalIp(std::string_view text) {
  const std::string input(text);
  if (std::strlen(input.c_str()) != input.size()) return std::nullopt;
  char out[INET6_ADDRSTRLEN];
  in_addr v4;
  if (inet_pton(AF_INET, input.c_str(), &v4) == 1) {
    return inet_ntop(AF_INET, &v4, out, sizeof out);
  }
  in6_addr v6;
  if (inet_pton(AF_INET6, input.c_str(), &v6) != 1) return std::nullopt;
  if (IN6_IS_ADDR_V4MAPPED(&v6)) {
    return inet_ntop(AF_INET, &v6.s6_addr[12], out, sizeof out);
  }
  return inet_ntop(AF_INET6, &v6, out, sizeof out);
}

absl::StatusOr<std::string> CanonicalHostName(std::string_view text) {
  // libidn2 takes C strings, so it would ignore everything after a NUL.
  if (text.find('\0') != std::string_view::npos) {
    return absl::InvalidArgumentError(
        "the name has a character that host names must not have");
  }
  std::string name(text);
  if (IsAscii(name)) {
    absl::AsciiStrToLower(&name);
  } else {
    absl::StatusOr<std::string> a_form = ToAForm(name);
    if (!a_form.ok()) return a_form.status();
    name = *std::move(a_form);
  }
  std::string_view bare = name;
  if (!bare.empty() && bare.back() == '.') bare.remove_suffix(1);
  if (bare.empty()) return absl::InvalidArgumentError("the name is empty");
  if (bare.size() > kMaxName) {
    return absl::InvalidArgumentError("the name is longer than 253 characters");
  }
  for (absl::string_view label : absl::StrSplit(ToAbsl(bare), '.')) {
    if (absl::Status status = CheckLabel(ToStd(label)); !status.ok()) {
      return status;
    }
  }
  return name;
}

bool IsWithinDomain(std::string_view host, std::string_view domain) {
  if (!host.empty() && host.back() == '.') host.remove_suffix(1);
  return absl::EndsWithIgnoreCase(ToAbsl(host), ToAbsl(domain)) &&
         (host.size() == domain.size() ||
          host[host.size() - domain.size() - 1] == '.');
}

}  // namespace vtlookup
