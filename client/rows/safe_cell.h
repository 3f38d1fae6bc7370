#ifndef VTLOOKUP_CLIENT_ROWS_SAFE_CELL_H_
#define VTLOOKUP_CLIENT_ROWS_SAFE_CELL_H_

#include <string>
#include <string_view>

namespace vtlookup {

// Makes the text of a CSV cell safe: escapes characters as WithControlsEscaped
// (core/safe_text.h) does, and puts an apostrophe in front of a text that a
// spreadsheet would take for a formula. Such a text begins with = + - @, a tab
// or a carriage return. Thread-safe.
std::string SafeCell(std::string_view text);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_ROWS_SAFE_CELL_H_
