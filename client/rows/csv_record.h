#ifndef VTLOOKUP_CLIENT_ROWS_CSV_RECORD_H_
#define VTLOOKUP_CLIENT_ROWS_CSV_RECORD_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vtlookup {

// What ends a line of a CSV file.
enum class CsvLineEnd {
  kLineFeed,        // "\n" or "\r\n"
  kCarriageReturn,  // "\r" alone, as old Macintosh programs write it
};

// How the records of one CSV file are written.
struct CsvDialect {
  char delimiter = ',';  // between two cells; not a quote or a line break
  CsvLineEnd line_end = CsvLineEnd::kLineFeed;
};

// A record of CSV, as it is written in its file.
struct CsvRecord {
  // One for each cell, with its quotes. Empty when the record is not CSV.
  std::vector<std::string_view> cells;
  size_t size = 0;        // without its line break
  size_t line_break = 0;  // bytes of the line break; 0 at the end of a file
};

// The longest text with line breaks that a pair of quotes may enclose: the
// limit that Python's csv module has for a cell. It bounds what is read again
// after a quote that is never closed.
inline constexpr size_t kLongestQuotedLines = 128 * 1024;

// Reads the record at the front of `text`: RFC 4180, and what Python's csv
// module and Excel accept beyond it. A quote has a meaning only at the
// beginning of a cell; text behind the closing quote belongs to the cell.
//
// `columns` is the number of cells of a row, or 0 when it is not known yet. A
// quote that is not closed does not take other rows with it: a record of
// several lines that does not have this number of cells, or has text behind a
// closing quote, ends with its first line and is not CSV. So does one whose
// quote encloses more than kLongestQuotedLines.
//
// Returns nothing when `text` ends before that can be known and `at_end` is
// false. `at_end`: the file ends with `text`. Thread-safe.
std::optional<CsvRecord> ReadCsvRecord(std::string_view text, bool at_end,
                                       const CsvDialect& dialect,
                                       size_t columns);

// Returns the cells of a record without its line break, each with its quotes;
// none when a quote is not closed. Thread-safe.
std::vector<std::string_view> CellsOfCsv(std::string_view record,
                                         char delimiter);

// What ends the lines of a file that begins with `text`: the first line break
// that is not in quotes decides. Nothing when `text` has none and `at_end` is
// false; kLineFeed when the file has none. Thread-safe.
std::optional<CsvLineEnd> FindCsvLineEnd(std::string_view text, bool at_end,
                                         char delimiter);

// Returns what a cell says: without its quotes. Thread-safe.
std::string TextOfCell(std::string_view cell);

// Returns the cell for a text, in quotes if it needs them. Thread-safe.
std::string CellOf(std::string_view text, char delimiter);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_ROWS_CSV_RECORD_H_
