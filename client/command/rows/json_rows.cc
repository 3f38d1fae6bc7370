// Records are validated by simdjson's DOM parser, which is fast; it does not
// take whole numbers of more than 64 bits, for which nlohmann's is asked.

#include <simdjson.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/command/rows/format.h"
#include "client/command/rows/safe_text.h"

namespace vtlookup {
namespace {

std::string Quoted(std::string_view text) {
  return nlohmann::json(text).dump();
}

class Json final : public RowFormat {
 public:
  Json(std::string field, std::vector<std::string> own, bool safe)
      : field_(std::move(field)), own_(std::move(own)), safe_(safe) {}

  size_t EndOfRecord(std::string_view text) override {
    const size_t end = text.find('\n');
    return end == std::string_view::npos ? end : end + 1;
  }

  absl::Status Begin(std::string_view) override { return absl::OkStatus(); }
  bool has_header() const override { return false; }
  std::string Header() const override { return ""; }

  absl::StatusOr<Parsed> Parse(std::string_view record) override {
    Pad(record, &buffer_);
    simdjson::dom::object object;
    const simdjson::error_code error =
        parser_.parse(buffer_.data(), record.size(), false)
            .get_object()
            .get(object);
    if (error == simdjson::NUMBER_ERROR) {
      return ParseSlowly(record);
    }
    if (error == simdjson::INCORRECT_TYPE) {
      return absl::InvalidArgumentError("not a JSON object");
    }
    if (error != simdjson::SUCCESS) {
      return absl::InvalidArgumentError(
          absl::StrCat("not JSON: ", simdjson::error_message(error)));
    }
    Parsed parsed;
    for (const auto [key, value] : object) {
      if (key == field_) {
        std::string_view text;
        if (value.get(text) == simdjson::SUCCESS) {
          parsed.value = std::string(text);
        } else {
          parsed.value = simdjson::minify(value);
        }
      }
      parsed.has_ours = parsed.has_ours || IsOwn(key);
    }
    return parsed;
  }

  std::string Render(const std::vector<RowField>& fields) const override {
    std::string out;
    for (const RowField& field : fields) {
      absl::StrAppend(&out, ",", Quoted(field.name), ":", field.json);
    }
    if (safe_) return WithControlsEscaped(out);
    return out;
  }

  void Write(std::string_view record, bool has_ours, std::string_view added,
             std::string* out) override {
    if (added.empty()) {
      out->append(record);
    } else if (has_ours) {
      const std::string rest = WithoutOwn(record);
      // A comma leads what is added.
      out->append(rest.empty() ? "{" : rest);
      out->append(rest.empty() ? added.substr(1) : added);
      out->push_back('}');
    } else {
      // It has at least the field that was looked up.
      const size_t brace = record.rfind('}');
      out->append(record.substr(0, brace));
      out->append(added);
      out->append(record.substr(brace));
    }
    out->push_back('\n');
  }

 private:
  // simdjson reads a little beyond the end.
  static void Pad(std::string_view record, std::string* buffer) {
    buffer->reserve(record.size() + simdjson::SIMDJSON_PADDING);
    buffer->assign(record);
  }

  bool IsOwn(std::string_view key) const {
    return key.substr(0, 3) == "$VT" &&
           std::find(own_.begin(), own_.end(), key) != own_.end();
  }

  absl::StatusOr<Parsed> ParseSlowly(std::string_view record) const {
    const auto row = nlohmann::json::parse(record, nullptr, false);
    if (row.is_discarded()) return absl::InvalidArgumentError("not JSON");
    if (!row.is_object()) {
      return absl::InvalidArgumentError("not a JSON object");
    }
    Parsed parsed;
    for (const auto& [key, value] : row.items()) {
      if (key == field_) {
        parsed.value =
            value.is_string() ? value.get<std::string>() : value.dump();
      }
      parsed.has_ours = parsed.has_ours || IsOwn(key);
    }
    return parsed;
  }

  // The record's other fields, each as it is written there, behind an opening
  // brace; empty when there are none.
  std::string WithoutOwn(std::string_view record) {
    Pad(record, &write_buffer_);
    std::string out;
    simdjson::ondemand::document row = write_parser_.iterate(
        write_buffer_.data(), record.size(), write_buffer_.capacity());
    for (simdjson::ondemand::field field : row.get_object()) {
      const std::string key(std::string_view(field.unescaped_key()));
      const std::string_view raw = simdjson::to_json_string(field.value());
      if (IsOwn(key)) continue;
      absl::StrAppend(&out, out.empty() ? "{" : ",", Quoted(key), ":");
      out.append(raw);
    }
    return out;
  }

  const std::string field_;
  const std::vector<std::string> own_;
  const bool safe_;
  // Of the thread that reads.
  simdjson::dom::parser parser_;
  std::string buffer_;
  // Of the thread that writes.
  simdjson::ondemand::parser write_parser_;
  std::string write_buffer_;
};

}  // namespace

std::unique_ptr<RowFormat> JsonRows(std::string field,
                                    std::vector<std::string> own, bool safe) {
  return std::make_unique<Json>(std::move(field), std::move(own), safe);
}

}  // namespace vtlookup
