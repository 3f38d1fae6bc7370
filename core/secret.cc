#include "core/secret.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/ascii.h"

namespace vtlookup {
namespace {

constexpr std::string_view kNotShown = "(looks like a secret; not shown)";
constexpr std::string_view kPem = "-----BEGIN";
constexpr size_t kHex = 32;
constexpr size_t kLong = 40;
constexpr size_t kMixed = 24;
constexpr size_t kPiece = 16;

bool IsTokenChar(unsigned char c) {
  return absl::ascii_isalnum(c) || c == '-' || c == '_' || c == '+';
}
bool IsBase64Char(unsigned char c) { return IsTokenChar(c) || c == '/'; }

bool AnyOf(std::string_view text, bool (*test)(unsigned char)) {
  return std::any_of(text.begin(), text.end(), [test](char c) {
    return test(static_cast<unsigned char>(c));
  });
}

bool IsMixed(std::string_view text) {
  return AnyOf(text, absl::ascii_isupper) && AnyOf(text, absl::ascii_islower) &&
         AnyOf(text, absl::ascii_isdigit);
}

size_t RunAt(std::string_view text, size_t begin, bool (*test)(unsigned char)) {
  size_t end = begin;
  while (end < text.size() && test(static_cast<unsigned char>(text[end]))) {
    ++end;
  }
  return end - begin;
}

bool HasHexRun(std::string_view run) {
  for (size_t at = 0; at < run.size(); ++at) {
    const size_t hex = RunAt(run, at, absl::ascii_isxdigit);
    if (hex >= kHex) return true;
    at += hex;
  }
  return false;
}

bool IsRandom(std::string_view piece, bool mixed) {
  if (piece.size() < kPiece) return false;
  if (mixed) return IsMixed(piece);
  return AnyOf(piece, absl::ascii_isalpha) && AnyOf(piece, absl::ascii_isdigit);
}

// Names that people choose consist of words with dashes and underscores between
// them, so each piece is judged alone.
bool HasRandomPiece(std::string_view run, bool mixed) {
  while (!run.empty()) {
    const std::string_view piece = run.substr(0, run.find_first_of("-_"));
    if (IsRandom(piece, mixed)) return true;
    run.remove_prefix(std::min(piece.size() + 1, run.size()));
  }
  return false;
}

bool IsSecretRun(std::string_view run) {
  return HasHexRun(run) ||
         (run.size() >= kLong && HasRandomPiece(run, /*mixed=*/false)) ||
         (run.size() >= kMixed && HasRandomPiece(run, /*mixed=*/true));
}

// In a path, unlike in base64, some pieces are words in small letters, so such
// a piece shows that the run is no secret.
bool IsSecretWithSlashes(std::string_view run) {
  if (run.size() < kLong || run.front() == '/' || !IsMixed(run)) return false;
  while (!run.empty()) {
    const std::string_view piece = run.substr(0, run.find('/'));
    if (piece.size() > 2 && !AnyOf(piece, absl::ascii_isupper) &&
        !AnyOf(piece, absl::ascii_isdigit)) {
      return false;
    }
    run.remove_prefix(std::min(piece.size() + 1, run.size()));
  }
  return true;
}

// Returns the length of the secret that begins at `begin`, or 0 if none does.
size_t SecretAt(std::string_view text, size_t begin) {
  if (text.substr(begin, kPem.size()) == kPem) return text.size() - begin;
  const size_t run = RunAt(text, begin, IsTokenChar);
  const size_t with_slashes = RunAt(text, begin, IsBase64Char);
  const bool in_path = begin > 0 && text[begin - 1] == '/';
  if (!in_path && IsSecretWithSlashes(text.substr(begin, with_slashes))) {
    return with_slashes;
  }
  return IsSecretRun(text.substr(begin, run)) ? run : 0;
}

}  // namespace

bool LooksLikeSecret(std::string_view text) { return Shown(text) != text; }

std::string Shown(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    if (const size_t secret = SecretAt(text, at); secret > 0) {
      out += kNotShown;
      at += secret;
      continue;
    }
    // No secret begins later in this run.
    const size_t run = std::max<size_t>(RunAt(text, at, IsTokenChar), 1);
    out += text.substr(at, run);
    at += run;
  }
  return out;
}

std::string ShownName(std::string_view text) {
  const size_t end =
      text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.[]-");
  return Shown(text.substr(0, end));
}

}  // namespace vtlookup
