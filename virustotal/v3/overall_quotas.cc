#include "virustotal/v3/overall_quotas.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "virustotal/api/json.h"
#include "virustotal/http/failures.h"

namespace vtlookup {
namespace {

// Allowances beyond what a counter holds are as good as none.
std::optional<uint32_t> ReadClamped(json::value value) {
  const std::optional<int64_t> number = ReadInt(value);
  if (!number.has_value() || *number < 0) return std::nullopt;
  return static_cast<uint32_t>(std::min<int64_t>(*number, UINT32_MAX));
}

// `{"user": {"allowed": .., "used": ..}, "group": {..}}`
std::optional<Quota::Told::Window> ReadWindow(json::value value) {
  std::optional<Quota::Told::Window> tightest;
  ForEachField(value, [&tightest](std::string_view, json::value owner) {
    std::optional<uint32_t> allowed;
    std::optional<uint32_t> used;
    ForEachField(owner, [&](std::string_view key, json::value field) {
      if (key == "allowed") allowed = ReadClamped(field);
      if (key == "used") used = ReadClamped(field);
    });
    if (!allowed.has_value() || !used.has_value()) return;
    const Quota::Told::Window window{.allowed = *allowed, .used = *used};
    if (!tightest.has_value() || window.left() < tightest->left()) {
      tightest = window;
    }
  });
  return tightest;
}

}  // namespace

absl::StatusOr<Quota::Told> ReadOverallQuotas(std::string body) {
  return ReadJson(
      std::move(body), [](json::value root) -> absl::StatusOr<Quota::Told> {
        Quota::Told told;
        ForEachField(root, [&told](std::string_view name, json::value data) {
          if (name != "data") return;
          ForEachField(data, [&told](std::string_view key, json::value field) {
            if (key == "api_requests_daily") told.day = ReadWindow(field);
            if (key == "api_requests_monthly") told.month = ReadWindow(field);
          });
        });
        if (!told.day.has_value() && !told.month.has_value()) {
          return BadAnswer("no quotas");
        }
        return told;
      });
}

}  // namespace vtlookup
