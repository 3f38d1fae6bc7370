// The array is split by a scanner of ours, which knows strings and brackets and
// nothing else; each element is then read as a JSON line is.

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/rows/format.h"
#include "client/rows/loose_json.h"

namespace vtlookup {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";  // those of JSON

class JsonArray final : public RowFormat {
 public:
  JsonArray(std::vector<RowLookup> lookups, bool safe)
      : elements_(JsonRows(std::move(lookups), safe)) {}

  void BeginFile(bool has_mark) override {
    elements_->BeginFile(has_mark);
    place_ = Place::kBefore;
    fault_ = absl::OkStatus();
    scan_ = {};
  }

  std::optional<Extent> FindRecord(std::string_view text,
                                   bool at_end) override {
    if (!fault_.ok()) return std::nullopt;
    if (place_ == Place::kBefore) return FindHead(text, at_end);
    if (place_ == Place::kBehind) return FindRest(text);
    return FindElement(text);
  }

  bool HeadIsDue() const override { return place_ == Place::kBefore; }

  absl::Status TakeHead(std::string_view record,
                        std::string_view /*line_break*/) override {
    head_ = record;
    place_ = record.ends_with(']') ? Place::kBehind : Place::kInside;
    return absl::OkStatus();
  }

  absl::StatusOr<Parsed> Parse(std::string_view record) override {
    absl::StatusOr<Parsed> parsed = elements_->Parse(record);
    if (parsed.ok() || nlohmann::json::accept(StrictJson(record))) {
      return parsed;
    }
    return absl::DataLossError(parsed.status().message());
  }

  absl::Status CheckForm(bool at_end) const override {
    if (!fault_.ok() || !at_end || place_ == Place::kBehind) return fault_;
    if (place_ == Place::kBefore) return NotAnArray();
    return absl::InvalidArgumentError(
        "the JSON array is not closed; something is missing at its end");
  }

  std::string Render(const std::vector<RowField>& fields,
                     size_t lookup) const override {
    return elements_->Render(fields, lookup);
  }

  std::string Header() const override { return head_; }

  void Write(std::string_view record, bool has_ours,
             std::span<const std::optional<std::string_view>> added,
             std::string* out) override {
    elements_->Write(record, has_ours, added, out);
  }

 private:
  enum class Place {
    kBefore,  // the opening bracket has not come
    kInside,  // behind the opening bracket, or behind a comma
    kBehind,  // behind the closing bracket
  };
  // How far the element at the front was read.
  struct Scan {
    size_t at = 0;
    size_t depth = 0;  // brackets and braces that are open
    bool in_string = false;
    bool escaped = false;  // behind a backslash
    bool blank = true;     // nothing but blanks has come
  };

  static absl::Status NotAnArray() {
    return absl::InvalidArgumentError(
        "this is not a JSON array: it does not begin with [");
  }

  // The opening bracket; of an empty array, the closing one, too.
  std::optional<Extent> FindHead(std::string_view text, bool at_end) {
    const size_t bracket = text.find_first_not_of(kBlanks);
    if (bracket == std::string_view::npos) return std::nullopt;
    if (text[bracket] != '[') {
      fault_ = NotAnArray();
      return std::nullopt;
    }
    const size_t next = text.find_first_not_of(kBlanks, bracket + 1);
    if (next == std::string_view::npos && !at_end) return std::nullopt;
    const bool is_empty = next < text.size() && text[next] == ']';
    return Extent{.record = is_empty ? next + 1 : bracket + 1, .line_break = 0};
  }

  // Blanks behind the array are the line break of an empty record.
  std::optional<Extent> FindRest(std::string_view text) {
    const size_t end = text.find_first_not_of(kBlanks);
    if (end == 0) {
      fault_ = absl::InvalidArgumentError("text follows the JSON array");
      return std::nullopt;
    }
    return Extent{.record = 0, .line_break = std::min(end, text.size())};
  }

  std::optional<Extent> FindElement(std::string_view text) {
    while (scan_.at < text.size() && !EndsElement(text[scan_.at])) ++scan_.at;
    if (scan_.at == text.size()) return std::nullopt;
    const Scan scan = std::exchange(scan_, {});
    if (scan.blank) {
      fault_ = absl::InvalidArgumentError(
          absl::StrCat("an element of the JSON array is missing before ",
                       std::string(1, text[scan.at])));
      return std::nullopt;
    }
    if (text[scan.at] == ']') place_ = Place::kBehind;
    return Extent{.record = scan.at, .line_break = 1};
  }

  // Takes the next character of the element; true when it is behind it.
  bool EndsElement(char c) {
    if (scan_.in_string) {
      if (!std::exchange(scan_.escaped, false)) {
        scan_.escaped = c == '\\';
        scan_.in_string = c != '"';
      }
      return false;
    }
    if (scan_.depth == 0 && (c == ',' || c == ']')) return true;
    if (kBlanks.find(c) == std::string_view::npos) scan_.blank = false;
    if (c == '"') scan_.in_string = true;
    if (c == '{' || c == '[') ++scan_.depth;
    if ((c == '}' || c == ']') && scan_.depth > 0) --scan_.depth;
    return false;
  }

  const std::unique_ptr<RowFormat> elements_;
  std::string head_;  // set before there is a row; constant from then on
  // Of the thread that reads.
  Place place_ = Place::kBefore;
  Scan scan_;
  absl::Status fault_;  // why nothing more can be read
};

}  // namespace

std::unique_ptr<RowFormat> JsonArrayRows(std::vector<RowLookup> lookups,
                                         bool safe) {
  return std::make_unique<JsonArray>(std::move(lookups), safe);
}

}  // namespace vtlookup
