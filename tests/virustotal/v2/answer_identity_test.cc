// Tests that an answer of API v2 about something else, and one that contradicts
// itself, is a failure (docs/adr/0006), for each kind of indicator.

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/virustotal/api/answer_helpers.h"

namespace vtlookup {
namespace {

std::string Report(const std::string& fields) {
  return absl::StrCat(R"({"response_code": 1, "positives": 0, "total": 70, )",
                      fields, "}");
}

TEST(IdentityV2, AUrlOfAnotherHost) {
  const auto report = [](const std::string& resource, const std::string& url,
                         const std::string& id) {
    return Report(absl::StrCat(R"("resource": ")", resource, R"(", "url": ")",
                               url, R"(", "scan_id": ")", id, "-7\""));
  };
  EXPECT_TRUE(V2(Evil(), report(kEvil, kEvil, kEvilId)).ok());
  EXPECT_TRUE(V2(Evil(), report("evil-asked.com", kEvil, kEvilId)).ok());
  // The answer echoes the question, but is about another indicator.
  ExpectFailure(V2(Evil(), report(kEvil, kOther, kOtherId)));
  ExpectFailure(V2(Evil(), report(kEvil, kEvil, kOtherId)));
  ExpectFailure(V2(Evil(), report(kOther, kEvil, kEvilId)));
  ExpectFailure(V2(Evil(), report(kOther, kOther, kOtherId)));
}

TEST(IdentityV2, AnotherFile) {
  const std::string a(32, 'a');
  const std::string b(32, 'b');
  const Indicator file = Of(Kind::kFile, a);
  const auto report = [](const std::string& resource, const std::string& md5) {
    return Report(absl::StrCat(R"("resource": ")", resource, R"(", "md5": ")",
                               md5, "\""));
  };
  EXPECT_TRUE(V2(file, report(a, a)).ok());
  ExpectFailure(V2(file, report(a, b)));
  ExpectFailure(V2(file, report(b, a)));
  const std::string c(64, 'c');
  const std::string d(64, 'd');
  const auto scanned = [&a](const std::string& sha256,
                            const std::string& scan) {
    return Report(absl::StrCat(R"("resource": ")", a, R"(", "sha256": ")",
                               sha256, R"(", "scan_id": ")", scan, "-7\""));
  };
  EXPECT_TRUE(V2(file, scanned(c, c)).ok());
  ExpectFailure(V2(file, scanned(c, d)));
}

TEST(IdentityV2, AScanOfAnotherUrl) {
  const std::string id = absl::StrCat(kEvilId, "-7");
  const Indicator scan = Of(Kind::kUrlScan, id);
  const auto report = [](const std::string& resource, const std::string& url,
                         const std::string& scan_id) {
    return Report(absl::StrCat(R"("resource": ")", resource, R"(", "url": ")",
                               url, R"(", "scan_id": ")", scan_id, "-8\""));
  };
  EXPECT_TRUE(V2(scan, report(id, kEvil, kEvilId)).ok());
  ExpectFailure(V2(scan, report(id, kOther, kOtherId)));
  ExpectFailure(V2(scan, report(id, kOther, kEvilId)));
  ExpectFailure(V2(scan, report(id, kEvil, kOtherId)));
}

TEST(IdentityV2, AnArrayHasOneAnswerAboutWhatWasAsked) {
  const auto member = [](const std::string& resource, const std::string& url,
                         int positives) {
    return absl::StrCat(R"({"response_code": 1, "positives": )", positives,
                        R"(, "total": 70, "resource": ")", resource,
                        R"(", "url": ")", url, "\"}");
  };
  const std::string good = member(kEvil, kEvil, 9);
  const std::string other = member(kOther, kOther, 0);
  const std::string echo = member(kEvil, kOther, 0);
  for (const std::string& body :
       {absl::StrCat("[", good, "]"), absl::StrCat("[", other, ",", good, "]"),
        absl::StrCat("[", echo, ",", good, "]"),
        absl::StrCat("[", good, ",", echo, "]")}) {
    const auto verdict = V2(Evil(), body);
    ASSERT_TRUE(verdict.ok()) << body << verdict.status();
    EXPECT_EQ(verdict->positives(), 9);
  }
  for (const std::string& body :
       {absl::StrCat("[", other, "]"), absl::StrCat("[", echo, "]"),
        absl::StrCat("[", good, ",", member(kEvil, kEvil, 0), "]"),
        absl::StrCat("[", member("evil-asked.com", kEvil, 0), ",", good, "]"),
        absl::StrCat("[", good, ",", good, "]")}) {
    ExpectFailure(V2(Evil(), body));
  }
}

TEST(IdentityV2, TwoOfOneKeyAreNoAnswer) {
  const std::string good =
      R"({"response_code": 1, "resource": "evil-asked.com", "positives": 0,
          "total": 70, "url": "http://evil-asked.com/", "scans":
          {"A": {"detected": false}}})";
  ASSERT_TRUE(V2(Evil(), good).ok());
  for (const auto& [key, twice] :
       std::vector<std::pair<std::string, std::string>>{
           {"\"response_code\":", R"("response_code": 1, "response_code":)"},
           {"\"positives\":", R"("positives": 9, "positives":)"},
           {"\"total\":", R"("total": 9, "total":)"},
           {"\"url\":", R"("url": "http://b.com/", "url":)"},
           {"\"A\":", R"("A": {"detected": true}, "A":)"},
           {"\"detected\":", R"("detected": true, "detected":)"}}) {
    std::string body = good;
    body.replace(body.find(key), key.size(), twice);
    ExpectFailure(V2(Evil(), body));
  }
}

}  // namespace
}  // namespace vtlookup
