#include "core/defanged.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/text.h"

namespace vtlookup {
namespace {

// What people put around a value.
struct Around {
  std::string_view begin;
  std::string_view end;
};
constexpr Around kAround[] = {
    {"\"", "\""}, {"'", "'"},           {"`", "`"},
    {"<", ">"},   {"\u201C", "\u201D"}, {"\u2018", "\u2019"},
};

// What stands for another text. Those of the first list may be anywhere in a
// value. The others mean themselves in the path of a URL.
struct Mark {
  std::string_view written;  // in lower case
  std::string_view meant;
};
constexpr Mark kMarks[] = {
    {"[.]", "."}, {"[dot]", "."}, {"[:]", ":"},  {"[://]", "://"},
    {"[/]", "/"}, {"[@]", "@"},   {"[at]", "@"}, {"(:)//", "://"},
};
constexpr Mark kHostMarks[] = {
    {"(.)", "."}, {"{.}", "."},  {"(dot)", "."}, {"{dot}", "."},
    {"\\.", "."}, {"(at)", "@"}, {"{at}", "@"},
};

constexpr std::string_view kLabels[] = {"md5",    "sha1",    "sha-1",
                                        "sha256", "sha-256", "hash"};

bool IsHash(std::string_view text) {
  const bool length =
      text.size() == 32 || text.size() == 40 || text.size() == 64;
  return length && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return absl::ascii_isxdigit(c);
         });
}

std::string_view Stripped(std::string_view text) {
  return ToStd(absl::StripAsciiWhitespace(ToAbsl(text)));
}

std::string_view WithoutAround(std::string_view text) {
  for (const Around& around : kAround) {
    if (text.size() > around.begin.size() + around.end.size() &&
        text.starts_with(around.begin) && text.ends_with(around.end)) {
      text.remove_prefix(around.begin.size());
      text.remove_suffix(around.end.size());
      return WithoutAround(Stripped(text));
    }
  }
  return text;
}

// Of `sha256:HASH` and `name|HASH`, the hash; otherwise the text.
std::string_view HashIn(std::string_view text) {
  if (const size_t bar = text.rfind('|'); bar != std::string_view::npos) {
    const std::string_view last = Stripped(text.substr(bar + 1));
    if (IsHash(last)) return last;
  }
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return text;
  const std::string_view rest = Stripped(text.substr(colon + 1));
  for (const std::string_view label : kLabels) {
    if (absl::EqualsIgnoreCase(ToAbsl(text.substr(0, colon)), ToAbsl(label)) &&
        IsHash(rest)) {
      return rest;
    }
  }
  return text;
}

// The text with every mark replaced.
template <size_t kSize>
std::string WithMeant(std::string_view text, const Mark (&marks)[kSize]) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const std::string_view rest = text.substr(at);
    const auto* const found =
        std::find_if(std::begin(marks), std::end(marks), [rest](const Mark& m) {
          return absl::StartsWithIgnoreCase(ToAbsl(rest), ToAbsl(m.written));
        });
    out.append(found == std::end(marks) ? rest.substr(0, 1) : found->meant);
    at += found == std::end(marks) ? 1 : found->written.size();
  }
  return out;
}

// Where the path of a URL begins, or a text without a scheme has its first
// slash.
size_t PathIn(std::string_view text) {
  const size_t scheme = text.find("://");
  const size_t host = scheme == std::string_view::npos ? 0 : scheme + 3;
  return std::min(text.find_first_of("/?#", host), text.size());
}

std::string WithScheme(std::string text) {
  const size_t end = text.find("://");
  if (end == std::string::npos) return text;
  const std::string scheme = absl::AsciiStrToLower(text.substr(0, end));
  if (!IsDefangedScheme(scheme)) return text;
  const std::string meant = scheme.starts_with('f') ? "ftp" : "http";
  const bool secure = scheme.ends_with('s');
  return absl::StrCat(meant, secure ? "s" : "", text.substr(end));
}

}  // namespace

// `http` with other letters in its middle: hxxp, htxp, httx is no URL.
bool IsDefangedScheme(std::string_view scheme) {
  std::string lower = absl::AsciiStrToLower(ToAbsl(scheme));
  if (lower == "fxp" || lower == "fxps") return true;
  if (lower.ends_with('s')) lower.pop_back();
  return lower.size() == 4 && lower.front() == 'h' && lower.back() == 'p' &&
         lower != "http";
}

bool HasDefangedDots(std::string_view host) {
  // Nearly every host ends here, without an allocation.
  if (host.find_first_of("[({") == std::string_view::npos) return false;
  const std::string lower = absl::AsciiStrToLower(ToAbsl(host));
  for (const char* mark : {".", "dot", ":", "at", "@"}) {
    for (const char* const brackets : {"[]", "()", "{}"}) {
      const std::string one(1, brackets[0]);
      if (absl::StrContains(lower, absl::StrCat(one, mark, brackets + 1))) {
        return true;
      }
    }
  }
  return false;
}

std::string Refang(std::string_view text) {
  const std::string_view value = HashIn(WithoutAround(Stripped(text)));
  std::string out = WithMeant(value, kMarks);
  const size_t path = PathIn(out);
  out = WithMeant(std::string_view(out).substr(0, path), kHostMarks) +
        out.substr(path);
  return WithScheme(std::move(out));
}

}  // namespace vtlookup
