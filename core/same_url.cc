#include "core/same_url.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "core/text.h"
#include "core/url.h"

namespace vtlookup {
namespace {

int HexDigit(char c) {
  if (!absl::ascii_isxdigit(static_cast<unsigned char>(c))) return -1;
  return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

// Returns the byte of the escape (%XX) that begins at `at`, or -1 if none does.
int EscapedByte(std::string_view text, size_t at) {
  if (text[at] != '%' || text.size() - at < 3) return -1;
  const int high = HexDigit(text[at + 1]);
  const int low = HexDigit(text[at + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

bool IsUnreserved(int byte) {
  const auto c = static_cast<unsigned char>(byte);
  return absl::ascii_isalnum(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

// Writes escapes in upper case, and only where they are needed. Blanks are
// escaped.
std::string WithPlainEscapes(std::string_view text, bool plus_is_blank) {
  std::string out;
  for (size_t at = 0; at < text.size(); ++at) {
    const int byte = EscapedByte(text, at);
    if (byte >= 0) at += 2;
    if (byte >= 0 && IsUnreserved(byte)) {
      out.push_back(static_cast<char>(byte));
    } else if (byte >= 0) {
      AppendPercentEncoded(static_cast<unsigned char>(byte), &out);
    } else if (text[at] == ' ' || (plus_is_blank && text[at] == '+')) {
      out += "%20";
    } else {
      out.push_back(text[at]);
    }
  }
  return out;
}

// Removes dot segments as RFC 3986, 5.2.4 says, but keeps empty segments,
// because VirusTotal keeps double slashes.
std::string WithoutDotSegments(std::string_view path) {
  std::vector<absl::string_view> kept;
  bool ends_with_dots = false;
  for (absl::string_view segment :
       absl::StrSplit(ToAbsl(path).substr(1), '/')) {
    ends_with_dots = segment == "." || segment == "..";
    if (segment == ".." && !kept.empty()) kept.pop_back();
    if (!ends_with_dots) kept.push_back(segment);
  }
  if (ends_with_dots) kept.emplace_back("");
  return absl::StrCat("/", absl::StrJoin(kept, "/"));
}

// Returns `port`, with its colon, or nothing if it is the scheme's default
// port.
std::string_view WithoutDefaultPort(std::string_view scheme,
                                    std::string_view port) {
  const bool is_default = port == ":" || (scheme == "http" && port == ":80") ||
                          (scheme == "https" && port == ":443") ||
                          (scheme == "ftp" && port == ":21");
  return is_default ? "" : port;
}

// Cuts `text` at the first `mark`, and returns the part after the mark.
std::string_view CutAt(char mark, std::string_view* text) {
  const size_t at = std::min(text->find(mark), text->size());
  const std::string_view behind = text->substr(std::min(at + 1, text->size()));
  *text = text->substr(0, at);
  return behind;
}

// Returns the comparable form of a canonical URL, without the user.
std::string Comparable(std::string_view url, bool plus_is_blank) {
  const UrlParts parts = PartsOfUrl(url);
  const std::string_view scheme = url.substr(0, url.find("://"));
  const bool bracket = *(parts.host.data() - 1) == '[';
  const size_t port = static_cast<size_t>(parts.host.data() - url.data()) +
                      parts.host.size() + (bracket ? 1 : 0);
  std::string_view host = parts.host;
  if (!host.empty() && host.back() == '.') host.remove_suffix(1);
  std::string_view path = url.substr(parts.path);
  const std::string_view fragment = CutAt('#', &path);
  const std::string_view query = CutAt('?', &path);
  std::string out = absl::StrCat(
      ToAbsl(scheme), "://", bracket ? "[" : "", ToAbsl(host),
      bracket ? "]" : "",
      ToAbsl(WithoutDefaultPort(scheme, url.substr(port, parts.path - port))),
      WithoutDotSegments(WithPlainEscapes(path, false)));
  if (!query.empty()) {
    absl::StrAppend(&out, "?", WithPlainEscapes(query, plus_is_blank));
  }
  if (!fragment.empty()) {
    absl::StrAppend(&out, "#", WithPlainEscapes(fragment, false));
  }
  return out;
}

// Decodes the escapes of characters beyond ASCII in the host, because
// CanonicalUrl does not understand escapes there.
std::string WithPlainHost(std::string_view url) {
  const size_t scheme = url.find("://");
  const size_t begin = scheme == std::string_view::npos ? 0 : scheme + 3;
  const size_t end = std::min(url.find_first_of("/?#", begin), url.size());
  std::string out(url.substr(0, begin));
  for (size_t at = begin; at < end; ++at) {
    const int byte = EscapedByte(url.substr(0, end), at);
    out.push_back(byte >= 0x80 ? static_cast<char>(byte) : url[at]);
    if (byte >= 0x80) at += 2;
  }
  absl::StrAppend(&out, ToAbsl(url.substr(end)));
  return out;
}

}  // namespace

bool IsSameUrl(std::string_view asked, std::string_view told) {
  if (told == asked) return true;
  const absl::StatusOr<std::string> canonical =
      CanonicalUrl(WithPlainHost(told));
  if (!canonical.ok()) return false;
  if (*canonical == asked) return true;
  const std::string_view user = PartsOfUrl(*canonical).user;
  if (!user.empty() && WithPlainEscapes(user, false) !=
                           WithPlainEscapes(PartsOfUrl(asked).user, false)) {
    return false;
  }
  // HTML forms write a blank in a query as a plus.
  const bool plus_is_blank = asked.find(' ') != std::string_view::npos;
  return Comparable(*canonical, plus_is_blank) ==
         Comparable(asked, plus_is_blank);
}

std::string ComparableUrl(std::string_view canonical) {
  return Comparable(canonical, /*plus_is_blank=*/false);
}

}  // namespace vtlookup
