#ifndef VTLOOKUP_CORE_SECRET_H_
#define VTLOOKUP_CORE_SECRET_H_

#include <string>
#include <string_view>

namespace vtlookup {

// Whether a part of the text looks like an API key, a token or a private key
// (docs/adr/0038-what-a-secret-looks-like.md):
// - 32 hexadecimal digits or more in a row: VirusTotal's keys have 64;
// - 40 letters, digits, `-`, `_` or `+` in a row. One piece between dashes and
//   underscores must have 16 characters or more, with letters and digits;
// - 24 such characters in a row. One such piece of 16 characters or more must
//   have capitals, small letters and digits;
// - base64 with slashes: 40 or more such characters and `/`, not beginning with
//   a slash, with capitals, small letters and digits. No piece of more than two
//   characters between slashes may lack both capitals and digits;
// - PEM, which begins with five dashes and BEGIN.
// Hashes of files look like secrets, too, so this function is for what people
// write into configurations and command lines, never for indicators. A shorter
// secret, such as a password, is not recognised. Thread-safe, like the
// functions below.
bool LooksLikeSecret(std::string_view text);

// Returns the text in a form that may be repeated in messages: each part that
// looks like a secret is replaced by "(looks like a secret; not shown)".
std::string Shown(std::string_view text);

// Returns the name of a command-line option, or of a key of the configuration,
// in a form that may be repeated in messages: the text up to the first
// character that occurs in no name, and without secrets. The rest may be a
// value, after a forgotten blank or a wrong separator.
std::string ShownName(std::string_view text);

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_SECRET_H_
