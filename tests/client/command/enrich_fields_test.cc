#include "client/command/enrich_fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace vtlookup {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr v1::DnifLookup kUrl = v1::DNIF_LOOKUP_GET_URL_REPORT;
constexpr v1::DnifLookup kHash = v1::DNIF_LOOKUP_GET_FILEHASH_REPORT;

EnrichOptions Options(std::vector<EnrichOptions::Lookup> lookups,
                      std::vector<std::string> fields = {}) {
  EnrichOptions options;
  options.lookups = std::move(lookups);
  options.fields = std::move(fields);
  return options;
}

std::string ErrorOf(const EnrichOptions& options) {
  return std::string(LookupsOf(options).status().message());
}

TEST(EnrichFields, ALookupAddsAllItsFieldsOrTheChosenOnes) {
  const auto all = LookupsOf(Options({{kUrl, "u", ""}}));
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_EQ(all->front().field, "u");
  EXPECT_THAT(all->front().own.added, Contains("$VTPositives"));
  EXPECT_EQ(all->front().own.added, all->front().own.replaced);
  const auto chosen =
      LookupsOf(Options({{kUrl, "u", ""}}, {"VTTotal", "$VTPositives"}));
  ASSERT_TRUE(chosen.ok()) << chosen.status();
  EXPECT_THAT(chosen->front().own.added,
              ElementsAre("$VTTotal", "$VTPositives", "$VTError"));
  EXPECT_EQ(chosen->front().own.replaced, all->front().own.replaced);
}

TEST(EnrichFields, AFieldIsChosenForTheLookupsThatHaveIt) {
  const auto lookups = LookupsOf(
      Options({{kUrl, "u", ""}, {kHash, "h", "_h"}}, {"VTURL", "VTmd5"}));
  ASSERT_TRUE(lookups.ok()) << lookups.status();
  EXPECT_THAT(lookups->front().own.added, ElementsAre("$VTURL", "$VTError"));
  EXPECT_THAT(lookups->back().own.added, ElementsAre("$VTmd5", "$VTError"));
  EXPECT_TRUE(lookups->back().own.Replaces("$VTmd5_h"));
  EXPECT_FALSE(lookups->back().own.Replaces("$VTmd5"));
}

TEST(EnrichFields, SaysWhatCannotBeAdded) {
  EXPECT_THAT(
      ErrorOf(Options({{kUrl, "u", ""}}, {"VTOdd"})),
      HasSubstr("there is no field $VTOdd; there are, for each lookup: $VT"));
  EXPECT_THAT(ErrorOf(Options({{kUrl, "$VTURL", ""}})),
              HasSubstr("rename the field"));
  EXPECT_THAT(ErrorOf(Options({{kUrl, "u", ""}, {kHash, "$VTURL", "_x"}})),
              HasSubstr("$VTURL: a lookup adds the field itself"));
  EXPECT_THAT(ErrorOf(Options(
                  {{kUrl, "u", ""}, {kUrl, "h", "_h"}, {kHash, "h", "_h"}})),
              HasSubstr("two lookups would add fields that end in _h"));
  std::vector<EnrichOptions::Lookup> nine(9);
  for (size_t i = 0; i < nine.size(); ++i) {
    nine[i] = {kUrl, "u", std::string(i, '_')};
  }
  EXPECT_THAT(ErrorOf(Options(nine)), HasSubstr("at most 8 lookups"));
  nine.pop_back();
  EXPECT_EQ(ErrorOf(Options(nine)), "");
}

}  // namespace
}  // namespace vtlookup
