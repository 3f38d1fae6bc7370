#ifndef VTLOOKUP_CLIENT_COMMAND_ROWS_SAFE_TEXT_H_
#define VTLOOKUP_CLIENT_COMMAND_ROWS_SAFE_TEXT_H_

#include <string>
#include <string_view>

namespace vtlookup {

// The author of a malicious file or page chooses some of the texts that
// VirusTotal returns. Terminals and spreadsheets act on some texts instead of
// showing them. These functions make texts safe to show. Thread-safe.

// Replaces each control character (C0, DEL, and C1 in UTF-8) by its JSON
// escape, for example `\u001b` for ESC. Line breaks and tabs stay. JSON keeps
// its meaning: outside of strings it has no control characters except line
// breaks and tabs.
std::string WithControlsEscaped(std::string_view text);

// Makes the text of a CSV cell safe: escapes control characters as
// WithControlsEscaped does, and puts an apostrophe in front of a text that a
// spreadsheet would take for a formula. Such a text begins with = + - @, a tab
// or a carriage return.
std::string SafeCell(std::string_view text);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_ROWS_SAFE_TEXT_H_
