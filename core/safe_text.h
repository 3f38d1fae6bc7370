#ifndef VTLOOKUP_CORE_SAFE_TEXT_H_
#define VTLOOKUP_CORE_SAFE_TEXT_H_

#include <string>
#include <string_view>

namespace vtlookup {

// Clients choose the values that they look up, and the author of a malicious
// file or page chooses some of the texts that VirusTotal returns. Terminals and
// log viewers act on some characters instead of showing them.
//
// Returns the text with the JSON escape of each such character, for example
// `\u001b` for ESC: control characters (C0, DEL, and C1 in UTF-8), and those
// that change the direction of the text around them (such as U+202E, with which
// `exe.txt` is shown for `txt.exe`). Line feeds and tabs stay. JSON keeps its
// meaning, unless it has carriage returns outside of strings. Thread-safe.
std::string WithControlsEscaped(std::string_view text);

// Like WithControlsEscaped, and also escapes line feeds and tabs, so that the
// result is one line. Thread-safe.
std::string OnOneLine(std::string_view text);

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_SAFE_TEXT_H_
