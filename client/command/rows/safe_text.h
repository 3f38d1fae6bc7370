#ifndef VTLOOKUP_CLIENT_COMMAND_ROWS_SAFE_TEXT_H_
#define VTLOOKUP_CLIENT_COMMAND_ROWS_SAFE_TEXT_H_

#include <string>
#include <string_view>

namespace vtlookup {

// Texts from VirusTotal are chosen by whoever made the file or the page, and
// terminals and spreadsheets act on some texts instead of showing them. These
// functions make texts safe to show. Thread-safe.

// Writes control characters (C0, DEL, and C1 in UTF-8) as `\u001b`; line breaks
// and tabs stay. JSON means the same afterwards, since it has no other control
// characters outside its strings.
std::string WithControlsEscaped(std::string_view text);

// The text of a CSV cell: WithControlsEscaped, with an apostrophe in front if a
// spreadsheet would take the text for a formula, because it begins with
// = + - @, a tab or a carriage return.
std::string SafeCell(std::string_view text);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_ROWS_SAFE_TEXT_H_
