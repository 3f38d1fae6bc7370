#include "server/config/api_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "absl/strings/match.h"
#include "tests/fakes/temp_dir.h"

namespace vtlookup {
namespace {

class ApiKeyTest : public testing::Test {
 protected:
  absl::StatusOr<std::string> Find() {
    return FindApiKey(config_, [this](const char* name) {
      const auto found = environment_.find(name);
      return found == environment_.end() ? "" : found->second;
    });
  }
  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(dir_ / name) << text;
    return dir_ / name;
  }

  TempDir dir_;
  v1::VirusTotalConfig config_;
  std::map<std::string, std::string> environment_;
};

TEST_F(ApiKeyTest, TheFirstSourceCounts) {
  config_.set_dnifconfig_file(
      Write("dnif.yml", "lookup_plugin:\n  VT_API_KEY: dnif\n"));
  EXPECT_EQ(*Find(), "dnif");
  Write("vt_api_key", "credential\n");
  environment_["CREDENTIALS_DIRECTORY"] = dir_.path();
  EXPECT_EQ(*Find(), "credential");
  environment_["VT_API_KEY"] = "environment";
  EXPECT_EQ(*Find(), "environment");
  config_.set_key_file(Write("key", "  file \nrest\n"));
  EXPECT_EQ(*Find(), "file");
  config_.set_key("configured");
  EXPECT_EQ(*Find(), "configured");
}

TEST_F(ApiKeyTest, WithoutOneItSaysHowToGiveIt) {
  EXPECT_TRUE(absl::IsFailedPrecondition(Find().status()));
  EXPECT_TRUE(absl::StrContains(Find().status().message(), "VT_API_KEY"));
}

TEST_F(ApiKeyTest, ErrorsNeverShowTheKey) {
  environment_["VT_API_KEY"] = "secret with blanks";
  EXPECT_FALSE(Find().ok());
  EXPECT_FALSE(absl::StrContains(Find().status().message(), "secret"));
  environment_.clear();
  const std::string key(64, 'c');
  config_.set_key_file("/etc/" + key);
  EXPECT_FALSE(Find().ok());
  EXPECT_FALSE(absl::StrContains(Find().status().message(), "cccccccc"));
  EXPECT_TRUE(absl::StrContains(Find().status().message(), "/etc/"));
  config_.clear_key_file();
  config_.set_dnifconfig_file(Write("bad.yml", "a: [secret\n"));
  EXPECT_FALSE(Find().ok());
  EXPECT_FALSE(absl::StrContains(Find().status().message(), "[secret"));
}

// Files that were written for a shell.
TEST_F(ApiKeyTest, AKeyIsNotWrittenAsInAShell) {
  const std::string key(64, 'c');
  for (const auto& [text, words] :
       {std::pair('"' + key + '"', "without quotes"),
        std::pair("'" + key + "'", "without quotes"),
        std::pair("VT_API_KEY=" + key, "NAME=KEY"),
        std::pair(std::string("${VT_API_KEY}"), "name of a variable"),
        std::pair(std::string("$(cat key)"), "name of a variable"),
        std::pair("\xef\xbb\xbf" + key, "a character")}) {
    config_.set_key_file(Write("key", text + "\n"));
    const std::string message(Find().status().message());
    EXPECT_THAT(message, testing::HasSubstr(words)) << text;
    EXPECT_FALSE(absl::StrContains(message, "cccccccc")) << message;
  }
}

TEST_F(ApiKeyTest, TheLoginOfAProxyIsALine) {
  EXPECT_EQ(*FindProxyLogin(config_), "");
  config_.set_proxy_login_file(Write("login", "me:pass:word\nmore\n"));
  EXPECT_EQ(*FindProxyLogin(config_), "me:pass:word");
  for (const char* text : {"", "secret\n"}) {
    config_.set_proxy_login_file(Write("login", text));
    const std::string message(FindProxyLogin(config_).status().message());
    EXPECT_THAT(message, testing::HasSubstr("user:password"));
    EXPECT_FALSE(absl::StrContains(message, "secret"));
  }
}

TEST_F(ApiKeyTest, AFileThatIsNotThereIsAnError) {
  config_.set_key_file(dir_ / "nowhere");
  EXPECT_FALSE(Find().ok());
}

}  // namespace
}  // namespace vtlookup
