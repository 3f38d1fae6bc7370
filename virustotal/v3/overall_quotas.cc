#include "virustotal/v3/overall_quotas.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "virustotal/api/json.h"
#include "virustotal/http/failures.h"

namespace vtlookup {
namespace {

// The fields of the answer, and the windows whose quotas they hold.
struct QuotaField {
  std::string_view name;
  WindowKind kind;
};
constexpr QuotaField kQuotaFields[] = {
    {"api_requests_daily", WindowKind::kDay},
    {"api_requests_monthly", WindowKind::kMonth},
};

// Allowances beyond what a counter holds are as good as none.
std::optional<uint32_t> ReadClamped(json::value value) {
  const std::optional<int64_t> number = ReadInt(value);
  if (!number.has_value() || *number < 0) return std::nullopt;
  return static_cast<uint32_t>(std::min<int64_t>(*number, UINT32_MAX));
}

// `{"user": {"allowed": .., "used": ..}, "group": {..}}`
std::optional<Quota::Allowance> ReadAllowance(json::value value) {
  std::optional<Quota::Allowance> tightest;
  ForEachField(value, [&tightest](std::string_view, json::value owner) {
    std::optional<uint32_t> allowed;
    std::optional<uint32_t> used;
    ForEachField(owner, [&](std::string_view key, json::value field) {
      if (key == "allowed") allowed = ReadClamped(field);
      if (key == "used") used = ReadClamped(field);
    });
    if (!allowed.has_value() || !used.has_value()) return;
    const Quota::Allowance allowance{.allowed = *allowed, .used = *used};
    if (!tightest.has_value() || allowance.left() < tightest->left()) {
      tightest = allowance;
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
            for (const QuotaField& quota : kQuotaFields) {
              if (key == quota.name) told[quota.kind] = ReadAllowance(field);
            }
          });
        });
        if (told == Quota::Told()) return BadAnswer("the answer has no quotas");
        return told;
      });
}

}  // namespace vtlookup
