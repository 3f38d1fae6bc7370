#include "virustotal/http/url_encoding.h"

#include "absl/strings/ascii.h"
#include "core/text.h"

namespace vtlookup {
namespace {

void AppendEscaped(std::string& out, std::string_view text) {
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isalnum(byte) || c == '-' || c == '.' || c == '_' ||
        c == '~') {
      out.push_back(c);
    } else {
      AppendPercentEncoded(byte, &out);
    }
  }
}

}  // namespace

std::string EncodeForm(
    std::initializer_list<std::pair<std::string_view, std::string_view>> form) {
  std::string out;
  for (const auto& [name, value] : form) {
    if (!out.empty()) out.push_back('&');
    AppendEscaped(out, name);
    out.push_back('=');
    AppendEscaped(out, value);
  }
  return out;
}

std::string EncodePathSegment(std::string_view text) {
  std::string out;
  for (const char& c : text) {
    if (c == ':') {  // as in IPv6 addresses; clients send it unchanged
      out.push_back(c);
    } else {
      AppendEscaped(out, std::string_view(&c, 1));
    }
  }
  return out;
}

}  // namespace vtlookup
