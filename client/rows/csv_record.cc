#include "client/rows/csv_record.h"

#include <algorithm>
#include <utility>

namespace vtlookup {
namespace {

enum class State {
  kCellBegins,  // nothing of the cell is read
  kPlain,       // in a cell without quotes, or behind a closing quote
  kQuoted,      // behind an opening quote
  kQuoteRead,   // behind a quote that closes, or is the first of a pair
};

// Reads one record. Each byte is looked at once.
class Scanner {
 public:
  // Without a line end, the text is one record.
  Scanner(std::string_view text, bool at_end, char delimiter,
          std::optional<CsvLineEnd> line_end)
      : text_(text),
        at_end_(at_end),
        delimiter_(delimiter),
        line_end_(line_end) {}

  enum class Result {
    kRecord,
    // A quote is not closed, encloses too much, or closes before text in a
    // later line.
    kNotCsv,
    kNeedsMore  // the text ends too early
  };

  Result Scan(CsvRecord* record);

  // The first line break inside quotes; npos if there was none.
  size_t first_line() const { return first_line_; }
  bool has_more_lines() const { return first_line_ != std::string_view::npos; }

  // The bytes of the line break at this place; 0 when there is none. Nothing
  // when the text ends too early.
  std::optional<size_t> LineBreakAt(size_t at) const;

 private:
  static constexpr size_t kNone = std::string_view::npos;

  bool TakeQuoted(size_t at);

  const std::string_view text_;
  const bool at_end_;
  const char delimiter_;
  const std::optional<CsvLineEnd> line_end_;
  State state_ = State::kCellBegins;
  size_t first_line_ = kNone;
};

std::optional<size_t> Scanner::LineBreakAt(size_t at) const {
  if (!line_end_.has_value()) return 0;
  if (*line_end_ == CsvLineEnd::kCarriageReturn)
    return text_[at] == '\r' ? 1 : 0;
  if (text_[at] == '\n') return 1;
  if (text_[at] != '\r') return 0;
  if (at + 1 < text_.size()) return text_[at + 1] == '\n' ? 2 : 0;
  if (!at_end_) return std::nullopt;
  return 1;  // the file's last line break has lost its second half
}

// A byte behind an opening quote. Returns false when the quotes enclose too
// much.
bool Scanner::TakeQuoted(size_t at) {
  if (text_[at] == '"') {
    state_ = State::kQuoteRead;
  } else if (first_line_ == kNone && LineBreakAt(at).value_or(0) != 0) {
    first_line_ = at;
  }
  return first_line_ == kNone || at - first_line_ <= kLongestQuotedLines;
}

Scanner::Result Scanner::Scan(CsvRecord* record) {
  size_t begin = 0;  // of the cell
  for (size_t at = 0; at < text_.size(); ++at) {
    const char c = text_[at];
    if (state_ == State::kQuoted) {
      if (!TakeQuoted(at)) return Result::kNotCsv;
      continue;
    }
    if (c == '"' && state_ != State::kPlain) {
      state_ =
          State::kQuoted;  // the cell's first byte, or the second of a pair
      continue;
    }
    if (c == delimiter_) {
      record->cells.push_back(text_.substr(begin, at - begin));
      begin = at + 1;
      state_ = State::kCellBegins;
      continue;
    }
    const std::optional<size_t> line_break = LineBreakAt(at);
    if (!line_break.has_value()) return Result::kNeedsMore;
    if (*line_break != 0) {
      record->cells.push_back(text_.substr(begin, at - begin));
      record->size = at;
      record->line_break = *line_break;
      return Result::kRecord;
    }
    if (state_ == State::kQuoteRead && has_more_lines()) return Result::kNotCsv;
    state_ = State::kPlain;
  }
  if (!at_end_) return Result::kNeedsMore;
  if (state_ == State::kQuoted) return Result::kNotCsv;
  record->cells.push_back(text_.substr(begin));
  record->size = text_.size();
  return Result::kRecord;
}

}  // namespace

std::optional<CsvRecord> ReadCsvRecord(std::string_view text, bool at_end,
                                       const CsvDialect& dialect,
                                       size_t columns) {
  CsvRecord record;
  Scanner scanner(text, at_end, dialect.delimiter, dialect.line_end);
  const Scanner::Result result = scanner.Scan(&record);
  if (result == Scanner::Result::kNeedsMore) return std::nullopt;
  const bool good = result == Scanner::Result::kRecord;
  if (good && (!scanner.has_more_lines() || columns == 0 ||
               columns == record.cells.size())) {
    return record;
  }
  const size_t end = std::min(scanner.first_line(), text.size());
  return CsvRecord{.cells = {},
                   .size = end,
                   .line_break = end < text.size()
                                     ? scanner.LineBreakAt(end).value_or(0)
                                     : 0};
}

std::vector<std::string_view> CellsOfCsv(std::string_view record,
                                         char delimiter) {
  CsvRecord read;
  Scanner scanner(record, /*at_end=*/true, delimiter, std::nullopt);
  if (scanner.Scan(&read) != Scanner::Result::kRecord) return {};
  return std::move(read.cells);
}

std::optional<CsvLineEnd> FindCsvLineEnd(std::string_view text, bool at_end,
                                         char delimiter) {
  CsvRecord line;
  Scanner line_feeds(text, at_end, delimiter, CsvLineEnd::kLineFeed);
  const bool ends = line_feeds.Scan(&line) == Scanner::Result::kRecord;
  // A carriage return before the first line feed ends a line, unless the line
  // feed follows at once.
  const std::string_view begin = ends ? text.substr(0, line.size) : text;
  CsvRecord shorter;
  Scanner returns(begin, /*at_end=*/false, delimiter,
                  CsvLineEnd::kCarriageReturn);
  if (returns.Scan(&shorter) == Scanner::Result::kRecord &&
      (shorter.size + 1 < text.size() || at_end)) {
    return CsvLineEnd::kCarriageReturn;
  }
  if (ends || at_end) return CsvLineEnd::kLineFeed;
  return std::nullopt;
}

std::string TextOfCell(std::string_view cell) {
  if (cell.empty() || cell.front() != '"') return std::string(cell);
  std::string text;
  for (size_t at = 1; at < cell.size(); ++at) {
    if (cell[at] != '"') {
      text.push_back(cell[at]);
      continue;
    }
    if (at + 1 < cell.size() && cell[at + 1] == '"') {
      text.push_back('"');
      ++at;
      continue;
    }
    // Behind the closing quote, every byte stands for itself.
    return text.append(cell.substr(at + 1));
  }
  return text;
}

std::string CellOf(std::string_view text, char delimiter) {
  const bool plain = text.find(delimiter) == std::string_view::npos &&
                     text.find_first_of("\"\r\n") == std::string_view::npos;
  if (plain) return std::string(text);
  std::string cell = "\"";
  for (const char c : text) {
    cell.push_back(c);
    if (c == '"') cell.push_back('"');
  }
  cell.push_back('"');
  return cell;
}

}  // namespace vtlookup
