#ifndef VTLOOKUP_CLIENT_COMMAND_ROWS_SAFE_TEXT_H_
#define VTLOOKUP_CLIENT_COMMAND_ROWS_SAFE_TEXT_H_

#include <string>
#include <string_view>

namespace vtlookup {

// What VirusTotal sends is chosen by whoever made the file or the page, and
// terminals and spreadsheets act on some texts instead of showing them.

// Control characters (C0, DEL, and C1 of UTF-8) as `\u001b`; line breaks and
// tabs as they are. In JSON, which has no others outside its strings, the text
// means the same afterwards.
std::string WithControlsEscaped(std::string_view text);

// A cell of CSV as above, and with an apostrophe in front of what a spreadsheet
// would take for a formula: cells that begin with = + - @, a tab or a carriage
// return.
std::string SafeCell(std::string_view text);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_ROWS_SAFE_TEXT_H_
