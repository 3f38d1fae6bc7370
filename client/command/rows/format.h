#ifndef VTLOOKUP_CLIENT_COMMAND_ROWS_FORMAT_H_
#define VTLOOKUP_CLIENT_COMMAND_ROWS_FORMAT_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "vtlookup/row.h"

namespace vtlookup {

// How rows are written: one record after another, each of them one line, or
// more where a CSV cell has line breaks. What is not touched by a lookup is
// written as it was read, to the byte. Used by two threads: one parses, the
// other writes; implementations keep these apart.
class RowFormat {
 public:
  // What a record holds of interest.
  struct Parsed {
    // The text to look up; nothing when the row does not have the field.
    std::optional<std::string> value;
    // The row has fields of an earlier lookup, which are replaced.
    bool has_ours = false;
  };

  virtual ~RowFormat() = default;

  // --- The thread that reads -------------------------------------------------

  // Where the record at the front of `text` ends, its line break included;
  // npos when `text` stops before that. Never looks behind `text`.
  virtual size_t EndOfRecord(std::string_view text) = 0;

  // Takes the first record of an input, where that is none of its rows.
  // InvalidArgument says what is wrong with the whole input.
  virtual absl::Status Begin(std::string_view record) = 0;
  virtual bool has_header() const = 0;

  // `record` is without its line break. InvalidArgument when it is no row.
  virtual absl::StatusOr<Parsed> Parse(std::string_view record) = 0;

  // --- Any thread
  // --------------------------------------------------------------

  // What Write adds to a record for these fields.
  virtual std::string Render(const std::vector<RowField>& fields) const = 0;

  // --- The thread that writes ------------------------------------------------

  // The header to write before any row; may be empty.
  virtual std::string Header() const = 0;

  // Appends the record and its line break to `out`. `added` is from Render.
  virtual void Write(std::string_view record, bool has_ours,
                     std::string_view added, std::string* out) = 0;
};

// JSON lines: each an object. `own` are the fields that lookups add; `safe`
// passes these through WithControlsEscaped, for a terminal.
std::unique_ptr<RowFormat> JsonRows(std::string field,
                                    std::vector<std::string> own,
                                    bool safe = false);

// CSV after RFC 4180, the first record naming the columns. A list is written as
// JSON. A cell that is empty counts as a field that the row does not have.
// `safe` passes the texts that lookups add through SafeCell, for a terminal or
// a spreadsheet.
std::unique_ptr<RowFormat> CsvRows(std::string field,
                                   std::vector<std::string> own,
                                   bool safe = false);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_ROWS_FORMAT_H_
