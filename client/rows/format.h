#ifndef VTLOOKUP_CLIENT_ROWS_FORMAT_H_
#define VTLOOKUP_CLIENT_ROWS_FORMAT_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "vtlookup/row.h"

namespace vtlookup {

// The fields of a lookup in rows.
struct OwnFields {
  std::vector<std::string> replaced;  // that a new lookup removes from a row
  std::vector<std::string> added;     // some or all of these
  // Behind each of these names in a row, so that several lookups in one run do
  // not add the same field.
  std::string suffix = {};

  // Whether `name`, as it is in a row, is one of those that are replaced.
  bool Replaces(std::string_view name) const;
};

// A lookup that a run makes for each row.
struct RowLookup {
  std::string field;  // of the row, with the value to look up
  OwnFields own;
};

// How rows are written: one record after another. A record is a line of JSON, a
// CSV record (several lines if a cell has line breaks), or an element of a JSON
// array. What is not touched by a lookup is written as it was read, to the
// byte. Used by two threads: one parses, the other writes; implementations keep
// these apart.
class RowFormat {
 public:
  // What a record holds of interest.
  struct Parsed {
    // The texts to look up, one for each lookup; nothing when the row does not
    // have its field.
    absl::InlinedVector<std::optional<std::string>, 1> values;
    // The row has fields of an earlier lookup, which are replaced.
    bool has_ours = false;
  };

  virtual ~RowFormat() = default;

  // A record at the front of a text, in bytes.
  struct Extent {
    size_t record = 0;      // without its line break
    size_t line_break = 0;  // 0 at the end of a file
  };

  // --- The thread that reads -------------------------------------------------

  // A file begins. `has_mark`: with a byte order mark of UTF-8, which is not
  // part of its first record.
  virtual void BeginFile(bool has_mark) = 0;

  // The record at the front of `text`. Nothing when `text` ends before that can
  // be known; the next call then has the same text, with more behind it.
  // `at_end`: the file ends with `text`. Never looks behind `text`.
  virtual std::optional<Extent> FindRecord(std::string_view text,
                                           bool at_end) = 0;

  // The next record of the file belongs to its head, such as the header of CSV,
  // and goes to TakeHead. The others are rows.
  virtual bool HeadIsDue() const = 0;

  // Takes a record of the head, and its line break. InvalidArgument says what
  // is wrong with the whole file.
  virtual absl::Status TakeHead(std::string_view record,
                                std::string_view line_break) = 0;

  // `record` is without its line break. InvalidArgument when it is no row.
  // DataLoss when it also spoils what is around it, so that the file cannot be
  // read any further.
  virtual absl::StatusOr<Parsed> Parse(std::string_view record) = 0;

  // Says why FindRecord finds no more records: InvalidArgument when the form of
  // the file is broken there. `at_end`: the file has ended. OK for formats
  // whose records stand for themselves.
  virtual absl::Status CheckForm(bool at_end) const;

  // --- Any thread ------------------------------------------------------------

  // What Write adds to a record for these fields of the lookup with this index.
  virtual std::string Render(const std::vector<RowField>& fields,
                             size_t lookup) const = 0;

  // --- The thread that writes ------------------------------------------------

  // The head to write before any row; may be empty.
  virtual std::string Header() const = 0;

  // Appends the record to `out`, without a line break. `added` is from Render,
  // one for each lookup; nothing for a lookup that was not made.
  virtual void Write(std::string_view record, bool has_ours,
                     std::span<const std::optional<std::string_view>> added,
                     std::string* out) = 0;
};

// JSON lines: each an object. `safe` passes the fields that lookups add through
// WithControlsEscaped, for a terminal. A row whose value is null, or for which
// IsNoValue is true, is not looked up. The field `a.b` is also the member b of
// the object in the field a.
//
// Other fields may hold what JSON does not allow but programs write: NaN and
// Infinity, numbers of any size, halves of surrogate pairs, bytes that are not
// UTF-8. They are written as they were read.
std::unique_ptr<RowFormat> JsonRows(std::vector<RowLookup> lookups,
                                    bool safe = false);

// One JSON array: each of its elements is a record, with the blanks around it,
// and the comma or bracket behind it is its line break. So the array comes out
// as it went in, too. A row is an element as a line of JsonRows; any other
// element is no row. What is not JSON spoils the array.
std::unique_ptr<RowFormat> JsonArrayRows(std::vector<RowLookup> lookups,
                                         bool safe = false);

// Texts of the error about a column that is missing, which depend on how users
// give the input and the options.
struct CsvTexts {
  std::string no_column = "has no column ";  // before the column's name
  // Behind the error, if the delimiter may be a wrong one.
  std::string wrong_delimiter =
      "; say with --delimiter what is between its columns";
};

// CSV as csv_record.h has it, the first record naming the columns. A list is
// written as JSON. `safe` passes the texts that lookups add through SafeCell,
// for a terminal or a spreadsheet. Cells may be in any encoding that agrees
// with ASCII; the value to look up is UTF-8.
//
// `delimiter` is between cells. Without one, a file may begin with a line such
// as `sep=;`, as Excel writes it; otherwise it is a comma.
std::unique_ptr<RowFormat> CsvRows(std::vector<RowLookup> lookups,
                                   bool safe = false,
                                   std::optional<char> delimiter = {},
                                   CsvTexts texts = {});

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_ROWS_FORMAT_H_
