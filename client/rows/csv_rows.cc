// Records are split by code of ours (csv_record.h) and not by a library, since
// what is not touched must be written as it was read, quotes and all.

#include <simdjson.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/rows/csv_record.h"
#include "client/rows/format.h"
#include "client/rows/safe_cell.h"
#include "core/safe_text.h"

namespace vtlookup {
namespace {

constexpr char kMark[] = "\xEF\xBB\xBF";
constexpr size_t kNamedColumns = 30;  // in an error

// A line such as `sep=;`, with which Excel names the delimiter.
std::optional<char> DelimiterOf(std::string_view record) {
  constexpr std::string_view kBegin = "sep=";
  if (record.size() != kBegin.size() + 1 || !record.starts_with(kBegin) ||
      record.back() == '"') {
    return std::nullopt;
  }
  return record.back();
}

class Csv final : public RowFormat {
 public:
  Csv(std::vector<RowLookup> lookups, bool safe, std::optional<char> delimiter,
      CsvTexts texts)
      : lookups_(std::move(lookups)),
        safe_(safe),
        delimiter_(delimiter),
        texts_(std::move(texts)) {}

  void BeginFile(bool has_mark) override {
    first_file_ = columns_.empty();
    if (first_file_ && has_mark) head_ = kMark;
    dialect_ = {.delimiter = delimiter_.value_or(','),
                .line_end = CsvLineEnd::kLineFeed};
    line_end_known_ = false;
    head_is_due_ = true;
    searched_ = 0;
  }

  std::optional<Extent> FindRecord(std::string_view text,
                                   bool at_end) override {
    const bool ends_line = EndsLine(text);
    searched_ = text.size();
    if (!ends_line && !at_end) return std::nullopt;
    if (!line_end_known_) {
      const std::optional<CsvLineEnd> found =
          FindCsvLineEnd(text, at_end, dialect_.delimiter);
      if (!found.has_value()) return std::nullopt;
      dialect_.line_end = *found;
      line_end_known_ = true;
    }
    const std::optional<CsvRecord> record = ReadCsvRecord(
        text, at_end, dialect_, head_is_due_ ? 0 : columns_.size());
    if (!record.has_value()) return std::nullopt;
    searched_ = 0;
    return Extent{.record = record->size, .line_break = record->line_break};
  }

  bool HeadIsDue() const override { return head_is_due_; }

  absl::Status TakeHead(std::string_view record,
                        std::string_view line_break) override {
    const std::optional<char> named = DelimiterOf(record);
    if (named.has_value() && !seen_delimiter_line_) {
      seen_delimiter_line_ = true;
      if (!delimiter_.has_value()) dialect_.delimiter = *named;
      if (first_file_) head_.append(record).append(line_break);
      return absl::OkStatus();
    }
    seen_delimiter_line_ = false;
    head_is_due_ = false;
    const std::vector<std::string_view> cells =
        CellsOfCsv(record, dialect_.delimiter);
    if (cells.empty()) {
      return absl::InvalidArgumentError(
          "the header is not CSV: a quote is not closed");
    }
    std::vector<std::string> columns;
    columns.reserve(cells.size());
    for (const std::string_view cell : cells) {
      columns.push_back(TextOfCell(cell));
    }
    if (!first_file_) return CheckSame(columns);
    return TakeColumns(std::move(columns), record, line_break);
  }

  absl::StatusOr<Parsed> Parse(std::string_view record) override {
    const std::vector<std::string_view> cells =
        CellsOfCsv(record, dialect_.delimiter);
    if (cells.empty()) {
      return absl::InvalidArgumentError("not CSV: a quote is not closed");
    }
    if (cells.size() != columns_.size()) {
      return absl::InvalidArgumentError(
          absl::StrCat(cells.size(), cells.size() == 1 ? " cell" : " cells",
                       " where the header has ", columns_.size()));
    }
    Parsed parsed{.values = {}, .has_ours = has_ours_};
    for (size_t i = 0; i < lookups_.size(); ++i) {
      std::string value = TextOfCell(cells[at_[i]]);
      if (IsNoValue(value)) {
        parsed.values.emplace_back(std::nullopt);
        continue;
      }
      if (!simdjson::validate_utf8(value)) {
        return absl::InvalidArgumentError(
            absl::StrCat("the value of ", lookups_[i].field, " is not UTF-8"));
      }
      parsed.values.emplace_back(std::move(value));
    }
    return parsed;
  }

  std::string Render(const std::vector<RowField>& fields,
                     size_t lookup) const override {
    std::string out;
    for (const std::string& name : lookups_[lookup].own.added) {
      out.push_back(out_delimiter_);
      const auto field =
          std::find_if(fields.begin(), fields.end(),
                       [&name](const RowField& f) { return f.name == name; });
      if (field == fields.end()) continue;
      const auto value = nlohmann::json::parse(field->json);
      const std::string cell =
          value.is_string() ? value.get<std::string>() : field->json;
      // A negative number begins with a dash but is not a formula.
      const bool text = value.is_string() || value.is_array();
      out += CellOf(safe_ && text ? SafeCell(cell) : cell, out_delimiter_);
    }
    return out;
  }

  std::string Header() const override {
    return kept_.empty() ? "" : head_;  // no columns: the file is refused
  }

  void Write(std::string_view record, bool has_ours,
             std::span<const std::optional<std::string_view>> added,
             std::string* out) override {
    if (has_ours) {
      AppendKept(record, out);
    } else {
      out->append(record);
    }
    for (size_t i = 0; i < lookups_.size(); ++i) {
      if (added[i].has_value()) {
        out->append(*added[i]);
      } else {
        AppendOwn(record, lookups_[i].own, out);
      }
    }
  }

 private:
  // Whether a line may end in what has come since FindRecord looked last. A
  // line feed may follow a carriage return that was the last byte.
  bool EndsLine(std::string_view text) const {
    return searched_ == 0 ||
           text.find_first_of("\r\n", searched_ - 1) != std::string_view::npos;
  }

  absl::Status TakeColumns(std::vector<std::string> columns,
                           std::string_view record,
                           std::string_view line_break) {
    columns_ = std::move(columns);
    out_delimiter_ = dialect_.delimiter;
    for (const RowLookup& lookup : lookups_) {
      const auto found =
          std::find(columns_.begin(), columns_.end(), lookup.field);
      if (found == columns_.end()) return NoSuchColumn(lookup.field);
      at_.push_back(static_cast<size_t>(found - columns_.begin()));
    }
    for (const std::string& column : columns_) {
      const bool own = std::any_of(
          lookups_.begin(), lookups_.end(),
          [&](const RowLookup& each) { return each.own.Replaces(column); });
      kept_.push_back(!own);
      has_ours_ = has_ours_ || own;
    }
    AppendKept(record, &head_);
    for (const auto& [field, own] : lookups_) {
      for (const std::string& name : own.added) {
        head_.push_back(out_delimiter_);
        head_.append(CellOf(name + own.suffix, out_delimiter_));
      }
    }
    head_.append(line_break.empty() ? "\n" : line_break);
    return absl::OkStatus();
  }

  absl::Status CheckSame(const std::vector<std::string>& columns) const {
    if (dialect_.delimiter != out_delimiter_) {
      return absl::InvalidArgumentError(
          "has another delimiter than the first file");
    }
    if (columns == columns_) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat("has other columns than the first file: ", Named(columns),
                     "; the first file has: ", Named(columns_)));
  }

  static std::string Named(const std::vector<std::string>& columns) {
    const size_t count = std::min(columns.size(), kNamedColumns);
    return WithControlsEscaped(absl::StrCat(
        absl::StrJoin(columns.begin(),
                      columns.begin() + static_cast<std::ptrdiff_t>(count),
                      ", "),
        count < columns.size() ? ", ..." : ""));
  }

  absl::Status NoSuchColumn(const std::string& field) const {
    std::string text =
        absl::StrCat(texts_.no_column, field, "; it has: ", Named(columns_));
    const std::string& only = columns_.front();
    if (columns_.size() == 1 &&
        only.find_first_of(",;\t|") != std::string::npos) {
      text += texts_.wrong_delimiter;
    }
    return absl::InvalidArgumentError(text);
  }

  // The cells of the columns that are not ours.
  void AppendKept(std::string_view record, std::string* out) const {
    const std::vector<std::string_view> cells =
        CellsOfCsv(record, out_delimiter_);
    bool first = true;
    for (size_t i = 0; i < cells.size(); ++i) {
      if (!kept_[i]) continue;
      if (!std::exchange(first, false)) out->push_back(out_delimiter_);
      out->append(cells[i]);
    }
  }

  // The cells of a lookup's own columns, as they were; empty where there are
  // none.
  void AppendOwn(std::string_view record, const OwnFields& own,
                 std::string* out) const {
    const std::vector<std::string_view> cells =
        CellsOfCsv(record, out_delimiter_);
    for (const std::string& name : own.added) {
      out->push_back(out_delimiter_);
      const auto found =
          std::find(columns_.begin(), columns_.end(), name + own.suffix);
      if (found == columns_.end()) continue;
      out->append(cells[static_cast<size_t>(found - columns_.begin())]);
    }
  }

  const std::vector<RowLookup> lookups_;
  const bool safe_;
  const std::optional<char> delimiter_;  // that was asked for
  const CsvTexts texts_;

  // Set by the thread that reads, before there is a row to write; constant from
  // then on.
  std::string head_;  // to be written
  std::vector<std::string> columns_;
  std::vector<bool> kept_;  // by column: it is not ours
  bool has_ours_ = false;
  std::vector<size_t> at_;    // the column of each lookup's field
  char out_delimiter_ = ',';  // of all files

  // The file that is read. Of the thread that reads.
  CsvDialect dialect_;
  bool line_end_known_ = false;
  size_t searched_ = 0;  // bytes of a record whose end has not come
  bool head_is_due_ = false;
  bool seen_delimiter_line_ = false;
  bool first_file_ = true;
};

}  // namespace

std::unique_ptr<RowFormat> CsvRows(std::vector<RowLookup> lookups, bool safe,
                                   std::optional<char> delimiter,
                                   CsvTexts texts) {
  return std::make_unique<Csv>(std::move(lookups), safe, delimiter,
                               std::move(texts));
}

}  // namespace vtlookup
