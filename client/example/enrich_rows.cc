// Adds the $VT fields of a lookup to rows, one JSON object a line:
//
//   enrich_rows SERVER LOOKUP FIELD < rows.jsonl > enriched.jsonl
//
// It keeps all rows in memory, for the sake of brevity; `vtlookup enrich` does
// not.

#include <cstdio>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "vtlookup/client.h"
#include "vtlookup/connection.h"
#include "vtlookup/lookup_stream.h"
#include "vtlookup/row.h"

namespace {

using nlohmann::ordered_json;
using vtlookup::v1::LookupResult;

using Fields = std::vector<vtlookup::RowField>;

// A failure is no verdict: such a row gets $VTError only.
Fields FieldsOf(vtlookup::v1::DnifLookup lookup,
                const vtlookup::v1::Indicator& asked,
                const LookupResult& result) {
  if (result.has_error()) return {vtlookup::RowErrorOf(result.error())};
  return vtlookup::RowFieldsOf(lookup, asked, result.response());
}

// What to add for each text; each is asked once.
std::map<std::string, Fields> LookUp(const vtlookup::Client& client,
                                     vtlookup::v1::DnifLookup lookup,
                                     const std::set<std::string>& texts) {
  std::map<std::string, Fields> fields;
  std::vector<std::pair<std::string, vtlookup::v1::Indicator>> asked;
  for (const std::string& text : texts) {
    auto indicator = vtlookup::IndicatorFor(lookup, text);
    if (indicator.ok()) {
      asked.emplace_back(text, *std::move(indicator));
    } else {
      fields[text] = {vtlookup::RowErrorOf(indicator.status())};
    }
  }
  if (lookup == vtlookup::v1::DNIF_LOOKUP_POST_SCAN_URL) {
    for (const auto& [text, indicator] : asked) {
      const auto verdict = client.SubmitUrl(text);
      fields[text] = verdict.ok()
                         ? vtlookup::RowFieldsOf(lookup, indicator, *verdict)
                         : Fields{vtlookup::RowErrorOf(verdict.status())};
    }
    return fields;
  }
  vtlookup::LookupStream stream(
      client, {}, [&](uint64_t id, const LookupResult& result) {
        const auto& [text, indicator] = asked[id];
        fields[text] = FieldsOf(lookup, indicator, result);
      });
  for (uint64_t id = 0; id < asked.size(); ++id) {
    stream.Send(id, asked[id].second);
  }
  stream.Finish();
  return fields;
}

// The text to look up; nothing when the row has no value in the field.
std::optional<std::string> TextIn(const ordered_json& row,
                                  const std::string& field) {
  if (!row.contains(field) || row[field].is_null()) return std::nullopt;
  const ordered_json& value = row[field];
  std::string text =
      value.is_string() ? value.get<std::string>() : value.dump();
  if (vtlookup::IsNoValue(text)) return std::nullopt;
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  const auto lookup =
      argc == 4 ? vtlookup::DnifLookupNamed(argv[2]) : std::nullopt;
  if (!lookup.has_value()) {
    std::fprintf(stderr, "usage: enrich_rows SERVER LOOKUP FIELD\n");
    return 2;
  }
  const std::string field = argv[3];
  const vtlookup::Client client(vtlookup::Connect(argv[1]));

  std::vector<ordered_json> rows;
  std::set<std::string> texts;
  for (std::string line; std::getline(std::cin, line);) {
    rows.push_back(ordered_json::parse(line));
    if (auto text = TextIn(rows.back(), field)) texts.insert(*std::move(text));
  }
  const auto fields = LookUp(client, *lookup, texts);
  for (ordered_json& row : rows) {
    if (const auto text = TextIn(row, field)) {
      for (const std::string& name : vtlookup::RowFieldNames(*lookup)) {
        row.erase(name);
      }
      for (const auto& [name, json] : fields.at(*text)) {
        row[name] = ordered_json::parse(json);
      }
    }
    std::cout << row.dump() << "\n";
  }
}
