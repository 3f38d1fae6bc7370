#ifndef VTLOOKUP_TESTS_VIRUSTOTAL_API_ANSWER_HELPERS_H_
#define VTLOOKUP_TESTS_VIRUSTOTAL_API_ANSWER_HELPERS_H_

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "core/indicator.h"
#include "virustotal/api/purpose.h"
#include "vtlookup/v1/verdict.pb.h"

namespace vtlookup {

// Answers about the URL http://evil-asked.com/ and about others, in the form of
// each API, and the verdicts that they become. sha256sum made the ids.

inline constexpr char kEvil[] = "http://evil-asked.com/";
inline constexpr char kEvilId[] =
    "f6dd5ad97ceb85a67dd0e7ff2345133b8e33b531384062aa4e049dee91fbf968";
inline constexpr char kOther[] = "http://totally-other.com/";
inline constexpr char kOtherId[] =
    "827a3316b6ea160678293f3fa1ebe6ba7791597bded78efd6f49fafdd501401e";

Indicator Of(Kind kind, std::string_view text);
Indicator Evil();

// Return the verdict that an answer with this body becomes.
absl::StatusOr<v1::Verdict> V3(const Indicator& asked, std::string body,
                               Purpose purpose = Purpose::kReport);
absl::StatusOr<v1::Verdict> V2(const Indicator& asked, std::string body,
                               Purpose purpose = Purpose::kReport);
void ExpectFailure(const absl::StatusOr<v1::Verdict>& verdict);

// Returns an object of API v3. `attributes`: the first attributes of the
// object.
std::string Object(std::string_view type, std::string_view id,
                   std::string_view attributes = "");
std::string UrlObject(std::string_view id, const std::string& url);

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_VIRUSTOTAL_API_ANSWER_HELPERS_H_
