#ifndef VTLOOKUP_CORE_SECRET_H_
#define VTLOOKUP_CORE_SECRET_H_

#include <string>
#include <string_view>

namespace vtlookup {

// Whether a part of the text looks like an API key, a token or a private key
// (docs/adr/0038-what-a-secret-looks-like.md):
// - 32 hexadecimal digits or more in a row: VirusTotal's keys have 64;
// - 40 letters, digits, `-`, `_` or `+` in a row, of which 16 without a dash or
//   an underscore have letters and digits;
// - 24 of these in a row, of which 16 have capitals, small letters and digits;
// - base64 with slashes: 40 or more of these and `/`, not beginning with a
//   slash, with capitals, small letters and digits, and no piece between
//   slashes that is only small letters;
// - PEM, which begins with five dashes and BEGIN.
// Hashes of files look the same, so this is for what people write into
// configurations and command lines, never for indicators. A secret that is
// shorter, such as a password, is not recognised.
bool LooksLikeSecret(std::string_view text);

// The text as it may be repeated in messages: each part that looks like a
// secret is replaced by "(looks like a secret; not shown)".
std::string Shown(std::string_view text);

// The name of a command line's option or a key of the configuration, as it may
// be repeated: what stands before the first character that no name has.
// A forgotten blank or a wrong separator may have made a value part of it.
std::string ShownName(std::string_view text);

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_SECRET_H_
