#include "virustotal/api/report_fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace vtlookup {
namespace {

using testing::ElementsAre;

// How many fields of the object `read` knows.
template <typename Read>
int CountKnown(const std::string& body, Read read) {
  int known = 0;
  EXPECT_TRUE(ReadJson(body, [&](json::value root) {
                ForEachField(root,
                             [&](std::string_view key, json::value value) {
                               known += read(key, value) ? 1 : 0;
                             });
                return absl::OkStatus();
              }).ok());
  return known;
}

TEST(ReportFields, AFileHasThreeHashes) {
  v1::FileReport file;
  EXPECT_EQ(
      CountKnown(R"({"md5": "m", "sha1": "s", "sha256": 5, "ssdeep": "x"})",
                 [&file](std::string_view key, json::value value) {
                   return ReadHashField(key, value, &file);
                 }),
      3);
  EXPECT_EQ(file.md5(), "m");
  EXPECT_EQ(file.sha1(), "s");
  EXPECT_EQ(file.sha256(), "") << "a number is no hash";
}

TEST(ReportFields, AnAddressHasAPlace) {
  v1::IpReport ip;
  EXPECT_EQ(CountKnown(R"({"as_owner": "o", "country": "DE", "asn": 5,
                           "continent": "EU", "network": "10.0.0.0/8"})",
                       [&ip](std::string_view key, json::value value) {
                         return ReadAddressField(key, value, &ip);
                       }),
            4);
  EXPECT_EQ(ip.as_owner(), "o");
  EXPECT_EQ(ip.country(), "DE");
  EXPECT_EQ(ip.continent(), "EU");
  EXPECT_EQ(ip.network(), "10.0.0.0/8");
  EXPECT_FALSE(ip.has_as_number());
}

TEST(ReportFields, AListThatWasSentEmptyIsNotOneThatWasNotSent) {
  v1::DomainReport domain;
  NoteIfEmpty("siblings", domain.siblings(), &domain);
  domain.add_subdomains("a");
  NoteIfEmpty("subdomains", domain.subdomains(), &domain);
  EXPECT_THAT(domain.empty_lists(), ElementsAre("siblings"));
}

}  // namespace
}  // namespace vtlookup
