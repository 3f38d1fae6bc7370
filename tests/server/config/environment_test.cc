#include "server/config/environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>

#include "absl/strings/str_join.h"
#include "server/config/schema.h"
#include "tests/fakes/temp_dir.h"
#include "vtlookup/v1/config.pb.h"

namespace vtlookup {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

// The errors, or none.
std::string Apply(const ConfigVariables& variables, v1::Config* config) {
  ConfigErrors errors;
  ApplyVariables(variables, config, &errors);
  return absl::StrJoin(errors, "\n");
}

TEST(Environment, IsSearchedForOurNames) {
  const char* const environment[] = {
      "PATH=/bin",           "VTLOOKUPD_CACHE_PATH=/x=y", "VTLOOKUPD_ODD",
      "VTLOOKUP_SERVER=a:1", "VTLOOKUPD_HTTP_ADDRESS=",   nullptr};
  EXPECT_THAT(VariablesIn(environment),
              ElementsAre(Pair("VTLOOKUPD_CACHE_PATH", "/x=y"),
                          Pair("VTLOOKUPD_HTTP_ADDRESS", "")));
}

TEST(Environment, SetsEachKindOfValue) {
  v1::Config config;
  config.mutable_http()->set_address("x");
  EXPECT_EQ(
      Apply({{"VTLOOKUPD_CACHE_PATH", "/data"},
             {"VTLOOKUPD_CACHE_TTL_QUEUED_MAX", "20m"},
             {"VTLOOKUPD_VIRUSTOTAL_QUOTA_PER_MINUTE", "1000"},
             {"VTLOOKUPD_VIRUSTOTAL_API", "v2"},
             {"VTLOOKUPD_CACHE_REQUIRED", "true"},
             {"VTLOOKUPD_HTTP_ADDRESS", ""},
             {"VTLOOKUPD_PRIVACY_INTERNAL_DOMAINS", "a.example,b.example"}},
            &config),
      "");
  EXPECT_EQ(config.cache().path(), "/data");
  EXPECT_EQ(config.cache().ttl().queued_max().seconds(), 1200);
  EXPECT_EQ(config.virustotal().quota().per_minute(), 1000U);
  EXPECT_EQ(config.virustotal().api(), v1::VIRUS_TOTAL_API_V2);
  EXPECT_TRUE(config.cache().required());
  EXPECT_EQ(config.http().address(), "");
  EXPECT_EQ(config.privacy().internal_domains_size(), 2);
}

TEST(Environment, AFileMayHoldTheValue) {
  const TempDir dir;
  std::ofstream(dir / "path") << "/data\n";
  v1::Config config;
  EXPECT_EQ(Apply({{"VTLOOKUPD_CACHE_PATH_FILE", dir / "path"}}, &config), "");
  EXPECT_EQ(config.cache().path(), "/data");
  // A key of its own comes first.
  EXPECT_EQ(Apply({{"VTLOOKUPD_VIRUSTOTAL_KEY_FILE", dir / "path"}}, &config),
            "");
  EXPECT_EQ(config.virustotal().key_file(), dir / "path");
  EXPECT_EQ(config.virustotal().key(), "");
  EXPECT_EQ(Apply({{"VTLOOKUPD_CACHE_PATH_FILE", "/nowhere"}}, &config),
            "VTLOOKUPD_CACHE_PATH_FILE: the file /nowhere cannot be read");
  EXPECT_THAT(Apply({{"VTLOOKUPD_CACHE_PATH_FILE", dir.path()}}, &config),
              HasSubstr("cannot be read"));
}

TEST(Environment, MistakesAreTold) {
  v1::Config config;
  const TempDir dir;
  std::ofstream(dir / "lines") << "a\nb\n";
  EXPECT_THAT(Apply({{"VTLOOKUPD_CACHE_PATH_FILE", dir / "lines"}}, &config),
              HasSubstr("has more than one line"));
  EXPECT_EQ(Apply({{"VTLOOKUPD_CACHE_PATH", "/a"},
                   {"VTLOOKUPD_CACHE_PATH_FILE", "/b"}},
                  &config),
            "VTLOOKUPD_CACHE_PATH_FILE: VTLOOKUPD_CACHE_PATH is set, too; set "
            "one of the two");
  EXPECT_EQ(Apply({{"VTLOOKUPD_CACHE_PAHT", "x"}}, &config),
            "VTLOOKUPD_CACHE_PAHT: no setting has this variable; did you mean "
            "VTLOOKUPD_CACHE_PATH?");
  EXPECT_EQ(Apply({{"VTLOOKUPD_CACHE_REQUIRED", "yes"}}, &config),
            "VTLOOKUPD_CACHE_REQUIRED: expected true or false");
}

TEST(Environment, EachKeyHasAVariableOfItsOwn) {
  const auto keys = SettableKeys(*v1::Config::descriptor());
  EXPECT_GT(keys.size(), 80U);
  std::set<std::string> variables;
  for (std::string key : keys) {
    for (char& c : key) c = c == '.' ? '_' : c;
    EXPECT_TRUE(variables.insert(key).second) << key;
  }
}

}  // namespace
}  // namespace vtlookup
