// Records are split here and not by a library, since what is not touched must
// be written as it was read, quotes and all.

#include <simdjson.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/command/rows/format.h"
#include "client/command/rows/safe_text.h"

namespace vtlookup {
namespace {

// The cells of a record, as they stand there. Nothing when a quote is not
// closed, or has text behind it.
std::optional<std::vector<std::string_view>> Split(std::string_view record) {
  std::vector<std::string_view> cells;
  size_t at = 0;
  for (;;) {
    size_t end = at;
    if (end < record.size() && record[end] == '"') {
      // A doubled quote is read as the end of one part and the start of
      // another.
      do {
        end = record.find('"', end + 1);
        if (end == std::string_view::npos) return std::nullopt;
        ++end;
      } while (end < record.size() && record[end] == '"');
      if (end < record.size() && record[end] != ',') return std::nullopt;
    } else {
      end = std::min(record.find(',', at), record.size());
    }
    cells.push_back(record.substr(at, end - at));
    if (end == record.size()) return cells;
    at = end + 1;
  }
}

std::string Unquoted(std::string_view cell) {
  if (cell.empty() || cell[0] != '"') return std::string(cell);
  std::string text;
  for (size_t i = 1; i + 1 < cell.size(); ++i) {
    text.push_back(cell[i]);
    if (cell[i] == '"') ++i;  // the second of two
  }
  return text;
}

std::string Quoted(const std::string& text) {
  if (text.find_first_of("\",\r\n") == std::string::npos) return text;
  std::string cell = "\"";
  for (const char c : text) {
    cell.push_back(c);
    if (c == '"') cell.push_back('"');
  }
  cell.push_back('"');
  return cell;
}

// Before a line break, where lines end in two characters.
bool CutCarriageReturn(std::string_view* record) {
  if (record->empty() || record->back() != '\r') return false;
  record->remove_suffix(1);
  return true;
}

class Csv final : public RowFormat {
 public:
  Csv(std::string field, std::vector<std::string> own, bool safe)
      : field_(std::move(field)), own_(std::move(own)), safe_(safe) {}

  size_t EndOfRecord(std::string_view text) override {
    bool quoted = false;
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '"') quoted = !quoted;
      if (text[i] == '\n' && !quoted) return i + 1;
    }
    return std::string_view::npos;
  }

  bool has_header() const override { return true; }

  absl::Status Begin(std::string_view record) override {
    carriage_return_ = CutCarriageReturn(&record);
    if (!columns_.empty()) {
      if (record == header_) return absl::OkStatus();
      return absl::InvalidArgumentError(
          "has other columns than the first file");
    }
    header_ = std::string(record);
    // A mark of UTF-8 is not part of a name.
    const size_t mark = record.substr(0, 3) == "\xEF\xBB\xBF" ? 3 : 0;
    const auto cells = Split(record.substr(mark));
    if (!cells.has_value()) {
      return absl::InvalidArgumentError("the header is not CSV");
    }
    for (const std::string_view cell : *cells) {
      columns_.push_back(Unquoted(cell));
      const bool own =
          std::find(own_.begin(), own_.end(), columns_.back()) != own_.end();
      kept_.push_back(!own);
      has_ours_ = has_ours_ || own;
    }
    const auto found = std::find(columns_.begin(), columns_.end(), field_);
    if (found == columns_.end()) {
      return absl::InvalidArgumentError(absl::StrCat("has no column ", field_));
    }
    at_ = static_cast<size_t>(found - columns_.begin());
    return absl::OkStatus();
  }

  absl::StatusOr<Parsed> Parse(std::string_view record) override {
    CutCarriageReturn(&record);
    if (!simdjson::validate_utf8(record)) {
      return absl::InvalidArgumentError("not UTF-8");
    }
    const auto cells = Split(record);
    if (!cells.has_value()) return absl::InvalidArgumentError("not CSV");
    if (cells->size() != columns_.size()) {
      return absl::InvalidArgumentError(absl::StrCat(
          cells->size(), " cells where the header has ", columns_.size()));
    }
    Parsed parsed{.value = std::nullopt, .has_ours = has_ours_};
    std::string value = Unquoted((*cells)[at_]);
    if (!value.empty()) parsed.value = std::move(value);
    return parsed;
  }

  std::string Render(const std::vector<RowField>& fields) const override {
    std::string out;
    for (const std::string& name : own_) {
      out.push_back(',');
      const auto field =
          std::find_if(fields.begin(), fields.end(),
                       [&name](const RowField& f) { return f.name == name; });
      if (field == fields.end()) continue;
      const auto value = nlohmann::json::parse(field->json);
      const std::string cell =
          value.is_string() ? value.get<std::string>() : field->json;
      // A negative number begins with a dash but is not a formula.
      const bool text = value.is_string() || value.is_array();
      out += Quoted(safe_ && text ? SafeCell(cell) : cell);
    }
    return out;
  }

  std::string Header() const override {
    if (header_.empty()) return "";
    std::string out;
    AppendKept(header_, &out);
    for (const std::string& name : own_) absl::StrAppend(&out, ",", name);
    out.append(carriage_return_ ? "\r\n" : "\n");
    return out;
  }

  void Write(std::string_view record, bool has_ours, std::string_view added,
             std::string* out) override {
    const bool carriage_return = CutCarriageReturn(&record);
    if (has_ours) {
      AppendKept(record, out);
    } else {
      out->append(record);
    }
    if (!added.empty()) {
      out->append(added);
    } else {
      AppendOwn(record, out);
    }
    out->append(carriage_return ? "\r\n" : "\n");
  }

 private:
  // The cells of the columns that are not ours.
  void AppendKept(std::string_view record, std::string* out) const {
    const auto cells = Split(record);
    bool first = true;
    for (size_t i = 0; i < cells->size(); ++i) {
      if (!kept_[i]) continue;
      if (!std::exchange(first, false)) out->push_back(',');
      out->append((*cells)[i]);
    }
  }

  // The cells of the columns that are ours, as they were; empty where there
  // are none.
  void AppendOwn(std::string_view record, std::string* out) const {
    const auto cells = Split(record);
    for (const std::string& name : own_) {
      out->push_back(',');
      const auto found = std::find(columns_.begin(), columns_.end(), name);
      if (found == columns_.end()) continue;
      out->append((*cells)[static_cast<size_t>(found - columns_.begin())]);
    }
  }

  const std::string field_;
  const std::vector<std::string> own_;
  const bool safe_;
  // Set by Begin, before there is a row to write.
  std::string header_;
  std::vector<std::string> columns_;
  std::vector<bool> kept_;  // by column: it is not ours
  bool has_ours_ = false;
  bool carriage_return_ = false;
  size_t at_ = 0;  // of the field
};

}  // namespace

std::unique_ptr<RowFormat> CsvRows(std::string field,
                                   std::vector<std::string> own, bool safe) {
  return std::make_unique<Csv>(std::move(field), std::move(own), safe);
}

}  // namespace vtlookup
