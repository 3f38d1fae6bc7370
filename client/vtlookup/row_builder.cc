#include "vtlookup/row_builder.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/time/time.h"

namespace vtlookup {
namespace {

constexpr size_t kUsualList = 1024;  // bytes

// Whether JSON has the text as it is, between quotes.
bool IsPlain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return c >= 0x20 && c != '"' && c != '\\';
  });
}

// Nearly all names of engines and addresses are plain.
void AppendQuoted(std::string_view text, std::string* out) {
  if (!IsPlain(text)) {
    out->append(nlohmann::json(text).dump(
        -1, ' ', false, nlohmann::json::error_handler_t::replace));
    return;
  }
  out->push_back('"');
  out->append(text);
  out->push_back('"');
}

}  // namespace

std::string QuotedJson(std::string_view text) {
  std::string quoted;
  AppendQuoted(text, &quoted);
  return quoted;
}

std::string TimeJson(int64_t seconds) {
  return QuotedJson(absl::FormatTime("%Y-%m-%d%ET%H:%M:%S",
                                     absl::FromUnixSeconds(seconds),
                                     absl::UTCTimeZone()));
}

void RowBuilder::BeginList(size_t target) {
  Field& field = fields_[target];
  if (field.is_list) return;
  field.json = "[";
  field.is_list = true;
}

void RowBuilder::Append(size_t target, std::string_view item) {
  Field& field = fields_[target];
  if (!field.is_list) {
    BeginList(target);
    field.json.reserve(kUsualList);
  }
  if (field.json.size() > 1) field.json.push_back(',');
  AppendQuoted(item, &field.json);
}

}  // namespace vtlookup
