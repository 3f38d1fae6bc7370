// Records are validated by simdjson's DOM parser, which is fast. What it does
// not take is read again in the looser way of loose_json.h.

#include <simdjson.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/rows/format.h"
#include "client/rows/loose_json.h"
#include "core/safe_text.h"

namespace vtlookup {
namespace {

std::string Quoted(std::string_view text) {
  return nlohmann::json(text).dump();
}

bool Contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::optional<std::string> ValueOf(std::string text) {
  if (IsNoValue(text)) return std::nullopt;
  return text;
}

std::optional<std::string> ValueOf(const simdjson::dom::element& value) {
  if (value.is_null()) return std::nullopt;
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return ValueOf(std::string(text));
  return std::string(simdjson::minify(value));
}

std::optional<std::string> ValueOf(const nlohmann::json& value) {
  if (value.is_null()) return std::nullopt;
  return ValueOf(value.is_string() ? value.get<std::string>() : value.dump());
}

bool IsNumber(const simdjson::dom::element& value) {
  return value.is_int64() || value.is_uint64() || value.is_double();
}

std::string KeyOf(const JsonMember& member) {
  return nlohmann::json::parse(StrictJson(member.key)).get<std::string>();
}

// A number as it is written in the record: the parser keeps its value only.
std::optional<std::string> TextAt(std::string_view record,
                                  const std::vector<std::string>& path) {
  for (const std::string& name : path) {
    std::string_view value;
    for (const JsonMember& member : MembersOf(record)) {
      if (KeyOf(member) == name) value = member.value;
    }
    record = value;
  }
  return std::string(record);
}

absl::Status NotAnObject(std::string_view record) {
  const bool array =
      record.substr(record.find_first_not_of(" \t")).starts_with('[');
  return absl::InvalidArgumentError(
      absl::StrCat("not a JSON object",
                   array ? "; `jq -c '.[]'` makes lines of an array" : ""));
}

class Json final : public RowFormat {
 public:
  Json(std::vector<RowLookup> lookups, bool safe) : safe_(safe) {
    lookups_.reserve(lookups.size());
    for (RowLookup& lookup : lookups) {
      std::vector<std::string> path = absl::StrSplit(lookup.field, '.');
      lookups_.push_back({.field = std::move(lookup.field),
                          .path = std::move(path),
                          .own = std::move(lookup.own)});
    }
  }

  void BeginFile(bool /*has_mark*/) override {
    line_end_ = '\0';
    searched_ = 0;
  }

  std::optional<Extent> FindRecord(std::string_view text,
                                   bool at_end) override {
    // No string of JSON has a line break in it. The first one of the file
    // decides whether lines end in "\n" or "\r\n", or in "\r" alone.
    if (line_end_ == '\0') {
      const size_t first = text.find_first_of("\r\n", searched_);
      if (first == std::string_view::npos) return Rest(text, at_end);
      // A line feed may follow a carriage return that is the last byte here.
      const bool known =
          text[first] == '\n' || first + 1 < text.size() || at_end;
      if (!known) return std::nullopt;
      const bool pair = text.substr(first).starts_with("\r\n");
      line_end_ = pair ? '\n' : text[first];
    }
    const size_t end = text.find(line_end_, searched_);
    if (end == std::string_view::npos) return Rest(text, at_end);
    searched_ = 0;
    const bool pair = line_end_ == '\n' && end > 0 && text[end - 1] == '\r';
    return Extent{.record = pair ? end - 1 : end,
                  .line_break = size_t{pair ? 2U : 1U}};
  }

  bool HeadIsDue() const override { return false; }
  absl::Status TakeHead(std::string_view, std::string_view) override {
    return absl::OkStatus();
  }
  std::string Header() const override { return ""; }

  absl::StatusOr<Parsed> Parse(std::string_view record) override {
    Pad(record, &buffer_);
    simdjson::dom::object object;
    const simdjson::error_code error =
        parser_.parse(buffer_.data(), record.size(), false)
            .get_object()
            .get(object);
    if (error == simdjson::INCORRECT_TYPE) return NotAnObject(record);
    if (error != simdjson::SUCCESS) return ParseLoosely(record, error);
    Parsed parsed;
    for (const Lookup& lookup : lookups_) {
      parsed.values.push_back(ValueIn(object, record, lookup));
    }
    for (const auto [key, value] : object) {
      parsed.has_ours = parsed.has_ours || IsOwn(key);
    }
    return parsed;
  }

  std::string Render(const std::vector<RowField>& fields,
                     size_t lookup) const override {
    const OwnFields& own = lookups_[lookup].own;
    std::string out;
    for (const RowField& field : fields) {
      if (!Contains(own.added, field.name)) continue;
      absl::StrAppend(&out, ",", Quoted(field.name + own.suffix), ":",
                      field.json);
    }
    if (safe_) return WithControlsEscaped(out);
    return out;
  }

  void Write(std::string_view record, bool has_ours,
             std::span<const std::optional<std::string_view>> added,
             std::string* out) override {
    // A comma leads each of them.
    std::string all;
    bool made = false;
    for (const std::optional<std::string_view>& each : added) {
      all.append(each.value_or(""));
      made |= each.has_value();
    }
    if (made && has_ours) {
      const std::string rest = WithoutOwn(record, added);
      out->append(rest.empty() ? "{" : rest);
      out->append(all, rest.empty() && !all.empty() ? 1 : 0);
      out->push_back('}');
    } else if (all.empty()) {
      out->append(record);
    } else {
      // It has at least the field that was looked up.
      const size_t brace = record.rfind('}');
      out->append(record.substr(0, brace));
      out->append(all);
      out->append(record.substr(brace));
    }
  }

 private:
  struct Lookup {
    std::string field;
    std::vector<std::string> path;  // the parts of the field's name
    OwnFields own;
  };

  // simdjson reads a little beyond the end.
  static void Pad(std::string_view record, std::string* buffer) {
    buffer->reserve(record.size() + simdjson::SIMDJSON_PADDING);
    buffer->assign(record);
  }

  // The last record of a file needs no line break.
  std::optional<Extent> Rest(std::string_view text, bool at_end) {
    searched_ = at_end ? 0 : text.size();
    if (!at_end) return std::nullopt;
    return Extent{.record = text.size(), .line_break = 0};
  }

  bool IsOwn(std::string_view key) const {
    return std::any_of(
        lookups_.begin(), lookups_.end(),
        [key](const Lookup& lookup) { return lookup.own.Replaces(key); });
  }

  // Of members with the same name, the last counts, as everywhere.
  static std::optional<std::string> ValueIn(simdjson::dom::object object,
                                            std::string_view record,
                                            const Lookup& lookup) {
    std::optional<simdjson::dom::element> found;
    for (const auto [key, value] : object) {
      if (key == lookup.field) found = value;
    }
    if (found.has_value()) {
      return IsNumber(*found) ? TextAt(record, {lookup.field})
                              : ValueOf(*found);
    }
    if (lookup.path.size() == 1) return std::nullopt;
    return NestedIn(object, record, lookup.path);
  }

  // The value at `url.domain`: of the member `domain` of the member `url`.
  static std::optional<std::string> NestedIn(
      simdjson::dom::object object, std::string_view record,
      const std::vector<std::string>& path) {
    simdjson::dom::element value;
    for (size_t depth = 0; depth < path.size(); ++depth) {
      if (depth > 0 && value.get(object) != simdjson::SUCCESS) {
        return std::nullopt;
      }
      bool found = false;
      for (const auto [key, member] : object) {
        if (key != path[depth]) continue;
        value = member;
        found = true;
      }
      if (!found) return std::nullopt;
    }
    return IsNumber(value) ? TextAt(record, path) : ValueOf(value);
  }

  static std::optional<std::string> ValueIn(const nlohmann::json& object,
                                            const Lookup& lookup) {
    const auto found = object.find(lookup.field);
    if (found != object.end()) return ValueOf(*found);
    const nlohmann::json* value = &object;
    for (const std::string& name : lookup.path) {
      if (!value->is_object() || !value->contains(name)) return std::nullopt;
      value = &(*value)[name];
    }
    return ValueOf(*value);
  }

  // `error` is what the strict parser says.
  absl::StatusOr<Parsed> ParseLoosely(std::string_view record,
                                      simdjson::error_code error) const {
    // The parser takes a NUL byte for the end.
    if (record.find('\0') != std::string_view::npos) {
      return absl::InvalidArgumentError("not JSON: it has a NUL byte");
    }
    const auto row = nlohmann::json::parse(StrictJson(record), nullptr, false);
    if (row.is_discarded()) {
      return absl::InvalidArgumentError(
          absl::StrCat("not JSON: ", simdjson::error_message(error)));
    }
    if (!row.is_object()) return NotAnObject(record);
    Parsed parsed;
    const bool utf8 = simdjson::validate_utf8(record);
    for (const Lookup& lookup : lookups_) {
      std::optional<std::string> value = ValueIn(row, lookup);
      if (value.has_value() && !utf8 &&
          absl::StrContains(*value, "\xEF\xBF\xBD")) {
        return absl::InvalidArgumentError(absl::StrCat(
            "not JSON: the value of ", lookup.field, " is not UTF-8"));
      }
      parsed.values.push_back(std::move(value));
    }
    for (const auto& [key, value] : row.items()) {
      parsed.has_ours = parsed.has_ours || IsOwn(key);
    }
    return parsed;
  }

  // The record without the fields of the lookups that were made, each field as
  // it is written there, behind an opening brace; empty when none is left.
  std::string WithoutOwn(
      std::string_view record,
      std::span<const std::optional<std::string_view>> added) const {
    std::string out;
    for (const JsonMember& member : MembersOf(record)) {
      const std::string key = KeyOf(member);
      bool replaced = false;
      for (size_t i = 0; i < added.size(); ++i) {
        replaced |= added[i].has_value() && lookups_[i].own.Replaces(key);
      }
      if (replaced) continue;
      out.push_back(out.empty() ? '{' : ',');
      out.append(member.key).append(":").append(member.value);
    }
    return out;
  }

  std::vector<Lookup> lookups_;  // constant
  const bool safe_;
  // Of the thread that reads.
  char line_end_ = '\0';  // of the file; '\0' until it is known
  // Bytes of the present record in which no line ends. They are not searched
  // again: a record may come a byte at a time.
  size_t searched_ = 0;
  simdjson::dom::parser parser_;
  std::string buffer_;
};

}  // namespace

std::unique_ptr<RowFormat> JsonRows(std::vector<RowLookup> lookups, bool safe) {
  return std::make_unique<Json>(std::move(lookups), safe);
}

}  // namespace vtlookup
