// The promises of what reads requests over HTTP: texts are UTF-8, limits hold,
// and a report loses its relationships and nothing else. The first byte says
// what the others are.

#include <simdjson.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "server/gateway/json.h"
#include "server/gateway/parameters.h"
#include "server/gateway/query.h"
#include "server/gateway/v3_replies.h"
#include "tests/fuzz/fuzz.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup {
namespace {

using nlohmann::json;

constexpr size_t kMost = 3;

void Check(bool holds) {
  if (!holds) std::abort();
}

bool IsUtf8(std::string_view text) {
  return simdjson::validate_utf8(text.data(), text.size());
}

void CheckAll(const absl::StatusOr<Parameters>& parameters) {
  if (!parameters.ok()) return;
  Check(parameters->all().size() <= Parameters::kMost);
  for (const auto& [name, value] : parameters->all()) {
    Check(IsUtf8(name) && IsUtf8(value));
  }
}

// `data`: the type of the content, a line break, the body.
void FuzzForm(std::string_view data) {
  const size_t line = data.find('\n');
  if (line == std::string_view::npos) return;
  GatewayRequest request;
  request.method = "POST";
  request.content_type = std::string(data.substr(0, line));
  request.body = std::string(data.substr(line + 1));
  const absl::StatusOr<Parameters> parameters = ReadParameters(request);
  CheckAll(parameters);
  if (!parameters.ok()) return;
  ReadOrigin(*parameters, absl::UnixEpoch(), &request).IgnoreError();
  Check(IsUtf8(request.origin.token));
}

void FuzzJson(std::string_view data) {
  v1::LookupRequest lookup;
  ReadMessage(data, &lookup).IgnoreError();
  v1::BatchLookupRequest batch;
  if (ReadMessage(data, &batch).ok()) {
    v1::BatchLookupRequest again;
    Check(ReadMessage(JsonOf(batch), &again).ok());
    Check(again.SerializeAsString() == batch.SerializeAsString());
  }
  const auto values = ReadValues(data, kMost);
  if (values.ok()) {
    Check(values->size() <= kMost);
    for (const std::string& value : *values) Check(IsUtf8(value));
  }
  json expected = json::parse(data, nullptr, /*allow_exceptions=*/false);
  if (expected.is_discarded()) return;
  const std::string stripped = WithoutRelationships(data);
  const json left = json::parse(stripped, nullptr, false);
  Check(!left.is_discarded());
}

}  // namespace

void FuzzHttpRequest(std::string_view data) {
  if (data.empty()) return;
  const std::string_view rest = data.substr(1);
  switch (data.front()) {
    case 'q':
      return CheckAll(Parameters::Parse(rest, "query"));
    case 'f':
      return FuzzForm(rest);
    case 'j':
      return FuzzJson(rest);
    default: {
      const auto path = DecodePercent(rest, /*form=*/false);
      if (path.ok()) Check(IsUtf8(*path));
    }
  }
}

}  // namespace vtlookup

VTLOOKUP_FUZZER(FuzzHttpRequest)
