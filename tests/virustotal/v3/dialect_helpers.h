#ifndef VTLOOKUP_TESTS_VIRUSTOTAL_V3_DIALECT_HELPERS_H_
#define VTLOOKUP_TESTS_VIRUSTOTAL_V3_DIALECT_HELPERS_H_

#include <string>
#include <utility>

#include "core/indicator.h"
#include "virustotal/http/http_client.h"

namespace vtlookup {

// Requests and answers for the tests of the dialect of API v3.

inline constexpr char kSha[] =
    "9d116b1b0c1200ca75016e4c010bc94836366881b021a658ea7f8548b6543c1e";

// sha256sum of "http://a.com/?x=1&y=2".
inline constexpr char kUrlId[] =
    "2b1b5f26b88b41ca0ce89bf60f8f2ba513c8b7a4eaca7af8d81af3ab9a1699ce";

inline Indicator AUrl() {
  return *Indicator::Parse(Kind::kUrl, "http://a.com/?x=1&y=2");
}
inline Indicator ADomain() { return *Indicator::Parse(Kind::kDomain, "a.com"); }
inline Indicator AnIp() { return *Indicator::Parse(Kind::kIp, "1.2.3.4"); }
inline Indicator AFile() { return *Indicator::Parse(Kind::kFile, kSha); }

inline HttpResponse Ok(std::string body) {
  return {.status = 200, .retry_after = {}, .body = std::move(body)};
}
inline HttpResponse Error(int status, const std::string& code) {
  return {
      .status = status,
      .retry_after = {},
      .body = R"({"error": {"message": "words", "code": ")" + code + R"("}})"};
}

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_VIRUSTOTAL_V3_DIALECT_HELPERS_H_
