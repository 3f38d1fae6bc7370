#include "tests/virustotal/api/answer_helpers.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/virustotal/api/dialogue_helpers.h"

namespace vtlookup {

namespace {

constexpr char kStats[] =
    R"("last_analysis_stats": {"malicious": 0, "suspicious": 0,
       "undetected": 1, "harmless": 69})";

}  // namespace

Indicator Of(Kind kind, std::string_view text) {
  return *Indicator::Parse(kind, text);
}

Indicator Evil() { return Of(Kind::kUrl, kEvil); }

absl::StatusOr<v1::Verdict> V3(const Indicator& asked, std::string body,
                               Purpose purpose) {
  return ReadFirst(kDialectV3, asked, purpose,
                   {.status = 200, .retry_after = {}, .body = std::move(body)});
}

absl::StatusOr<v1::Verdict> V2(const Indicator& asked, std::string body,
                               Purpose purpose) {
  return ReadFirst(kDialectV2, asked, purpose,
                   {.status = 200, .retry_after = {}, .body = std::move(body)});
}

void ExpectFailure(const absl::StatusOr<v1::Verdict>& verdict) {
  EXPECT_TRUE(absl::IsUnavailable(verdict.status()))
      << (verdict.ok() ? verdict->ShortDebugString()
                       : verdict.status().ToString());
}

std::string Object(std::string_view type, std::string_view id,
                   std::string_view attributes) {
  return absl::StrCat(R"({"data": {"type": ")", std::string(type),
                      R"(", "id": ")", std::string(id), R"(", "attributes": {)",
                      std::string(attributes), kStats, "}}}");
}

std::string UrlObject(std::string_view id, const std::string& url) {
  return Object("url", id, absl::StrCat(R"("url": ")", url, R"(", )"));
}

}  // namespace vtlookup
