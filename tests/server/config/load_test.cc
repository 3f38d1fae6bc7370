#include "server/config/load.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "server/proto/times.h"
#include "tests/fakes/temp_dir.h"
#include "tests/paths.h"

namespace vtlookup {
namespace {

using testing::HasSubstr;

absl::StatusOr<v1::Config> LoadText(const std::string& yaml) {
  const TempDir dir;
  std::ofstream(dir / "c.yml") << yaml;
  return LoadConfig(dir / "c.yml", {});
}

std::string ErrorsOf(const std::string& yaml) {
  return std::string(LoadText(yaml).status().message());
}

TEST(Config, DefaultsAreThoseOfTheContract) {
  const auto config = LoadConfig(std::nullopt, {});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->listen().address(), "127.0.0.1:50051");
  EXPECT_EQ(config->cache().path(), "/var/lib/vtlookupd");
  EXPECT_EQ(config->cache().memory(), 268435456);
  EXPECT_EQ(config->cache().disk_limit(), 8589934592);
  EXPECT_EQ(config->cache().ttl().present().seconds(), 86400);
  EXPECT_EQ(config->cache().ttl().missing().seconds(), 3600);
  EXPECT_EQ(config->cache().ttl().queued().seconds(), 60);
  EXPECT_EQ(config->cache().ttl().queued_max().seconds(), 900);
  EXPECT_EQ(config->cache().ttl().invalid().seconds(), 86400);
  EXPECT_EQ(config->cache().stale().detected().seconds(), 604800);
  EXPECT_EQ(config->cache().stale().other().seconds(), 86400);
  EXPECT_EQ(config->virustotal().base_url(), "https://www.virustotal.com");
  EXPECT_EQ(config->virustotal().quota().per_minute(), 4);
  EXPECT_EQ(config->virustotal().quota().per_day(), 500);
  EXPECT_EQ(config->virustotal().quota().per_month(), 15500);
  EXPECT_EQ(config->virustotal().connect_timeout().seconds(), 5);
  EXPECT_EQ(config->virustotal().timeout().seconds(), 20);
  EXPECT_EQ(config->virustotal().max_body(), 33554432);
  EXPECT_TRUE(config->virustotal().submit_missing_urls());
}

// Without this test, a default that cannot be read would be left out silently.
void CheckDefaults(const google::protobuf::Descriptor& type) {
  for (int i = 0; i < type.field_count(); ++i) {
    const auto& field = *type.field(i);
    const std::string text =
        field.options().GetExtension(v1::setting).default_value();
    if (field.message_type() != nullptr &&
        field.message_type()->file() == type.file()) {
      CheckDefaults(*field.message_type());
    } else if (!text.empty()) {
      std::unique_ptr<google::protobuf::Message> message(
          google::protobuf::MessageFactory::generated_factory()
              ->GetPrototype(&type)
              ->New());
      ConfigErrors errors;
      ApplyFlag(field.name(), text, message.get(), &errors);
      EXPECT_TRUE(errors.empty()) << field.full_name() << ": " << errors[0];
    }
  }
}

TEST(Config, EveryDefaultCanBeRead) {
  CheckDefaults(*v1::Config::descriptor());
}

TEST(Config, TheFileIsOverTheDefaultsAndFlagsAreOverTheFile) {
  const TempDir dir;
  std::ofstream(dir / "c.yml") << "cache:\n"
                                  "  path: /tmp/x\n"
                                  "  memory: 64MiB\n"
                                  "  ttl: {missing: 90m, present_by_kind: "
                                  "{url: 6h}}\n"
                                  "virustotal: {submit_missing_urls: false}\n";
  const auto config = LoadConfig(
      dir / "c.yml", {{"cache.memory", "32MiB"}, {"cache.ttl.queued", "30s"}});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->cache().path(), "/tmp/x");
  EXPECT_EQ(config->cache().memory(), 32 << 20);
  EXPECT_EQ(config->cache().ttl().missing().seconds(), 5400);
  EXPECT_EQ(config->cache().ttl().queued().seconds(), 30);
  EXPECT_EQ(config->cache().ttl().present_by_kind().url().seconds(), 21600);
  EXPECT_FALSE(config->virustotal().submit_missing_urls());
}

TEST(Config, TellsEveryErrorWithItsLine) {
  const std::string errors = ErrorsOf(
      "cache:\n"
      "  paht: /tmp\n"
      "  memory: lots\n"
      "  ttl:\n"
      "    missing: 1 hour\n"
      "nonsense: 1\n"
      "virustotal:\n"
      "  api: v9\n"
      "  submit_missing_urls: maybe\n"
      "  quota: 4\n");
  EXPECT_THAT(errors, HasSubstr("c.yml:2: cache.paht: unknown key"));
  EXPECT_THAT(errors, HasSubstr("c.yml:3: cache.memory: expected a size"));
  EXPECT_THAT(errors,
              HasSubstr("c.yml:5: cache.ttl.missing: expected a duration"));
  EXPECT_THAT(errors, HasSubstr("c.yml:6: nonsense: unknown key"));
  EXPECT_THAT(errors, HasSubstr("c.yml:8: virustotal.api: expected one of"));
  EXPECT_THAT(errors, HasSubstr("c.yml:9: virustotal.submit_missing_urls"));
  EXPECT_THAT(errors, HasSubstr("c.yml:10: virustotal.quota: expected keys"));
}

TEST(Config, RefusesWhatMakesNoSense) {
  for (const auto& [yaml, error] : {
           std::pair("cache: {memory: 1KiB}", "cache.memory"),
           std::pair("cache: {disk_limit: 1MiB}", "cache.disk_limit"),
           std::pair("cache: {path: ''}", "cache.path"),
           std::pair("cache: {ttl: {present: 0s}}", "cache.ttl.present"),
           std::pair("cache: {ttl: {queued: 1h}}", "cache.ttl.queued_max"),
           std::pair("virustotal: {base_url: ftp://x}", "virustotal.base_url"),
           std::pair("virustotal: {base_url: 'http://x.com'}", "in the clear"),
           std::pair("virustotal: {base_url: 'https://x.com/path'}",
                     "host and port only"),
           std::pair("virustotal: {timeout: 0s}", "virustotal.timeout"),
           std::pair("virustotal: {max_inflight: 0}", "max_inflight"),
           std::pair("limits: {max_batch: 0}", "limits.max_batch"),
           std::pair("listen: {address: ''}", "listen.address"),
           std::pair("http: {address: 9464}", "http.address"),
           std::pair("http: {address: '::1:9464'}", "http.address"),
           std::pair("listen: [1]", "expected keys and values"),
           std::pair("listen: {address: a, address: b}", "given twice"),
           std::pair("listen: {address: [a]}", "expected one value"),
           std::pair("listen: {address: 'a", "not YAML"),
           std::pair("cache: {ttl: {missing: -1h}}", "cache.ttl.missing"),
           std::pair("cache: {memory: 99999999999TiB}", "cache.memory"),
           std::pair("virustotal: {max_inflight: -1}", "whole number"),
           std::pair("just text", "expected keys and values"),
       }) {
    EXPECT_THAT(ErrorsOf(yaml), HasSubstr(error)) << yaml;
  }
}

// The first line of each file has the error that the file must give. The error
// must also have the name of the file and the number of the line.
TEST(Config, RefusesEachBadFileAndSaysWhere) {
  int files = 0;
  for (const auto& file : std::filesystem::directory_iterator(
           TEST_SOURCE_DIR "/data/bad_configs")) {
    ++files;
    std::ifstream in(file.path());
    std::string expected;
    std::getline(in, expected);
    const absl::Status status = LoadConfig(file.path(), {}).status();
    EXPECT_THAT(std::string(status.message()), HasSubstr(expected.substr(2)));
  }
  EXPECT_GE(files, 40);
}

TEST(Config, TellsWhereAValueThatMakesNoSenseStands) {
  const std::string errors = ErrorsOf(
      "cache:\n"
      "  memory: 1KiB\n"
      "odd: 1\n");
  EXPECT_THAT(errors, HasSubstr("c.yml:2: cache.memory: must be at least"));
  EXPECT_THAT(errors, HasSubstr("c.yml:3: odd: unknown key"));
}

TEST(Config, AnUnknownKeyNeverShowsASecretThatSlippedIntoIt) {
  const std::string errors = ErrorsOf("virustotal: {'key:S3CRET': x}");
  EXPECT_THAT(errors, HasSubstr("virustotal.key: unknown key"));
  EXPECT_THAT(errors, testing::Not(HasSubstr("S3CRET")));
}

// A text of the form of VirusTotal's keys.
constexpr char kKey[] =
    "5f0c3a9b7e1d42868c0f9e3b5a7d1c2e4f60718293a4b5c6d7e8f9012a3b4c5d";

TEST(Config, AKeyInTheWrongPlaceIsNeverRepeated) {
  const std::string key = kKey;
  for (const std::string& yaml :
       {"virustotal: {key_file: " + key + "}", "virustotal: {" + key + ": x}",
        key + ": x", key, "virustotal: {user: " + key + "}",
        "virustotal: {keys: [{name: " + key + ", key: x}]}",
        "virustotal: {api: " + key + "}", "virustotal: {timeout: " + key + "}",
        "virustotal: {premium: " + key + "}",
        "virustotal: {base_url: \"https://" + key + "@x.com\"}",
        "cache: {memory: " + key + "}", "listen: {address: " + key + "}",
        "privacy: {internal_domains: [\"" + key + "\"]}",
        "listen: {tls: {key_file: " + key + "}}",
        "virustotal: {key_file: *" + key + "}",
        "virustotal: {key_file: \"\\" + key + "\"}"}) {
    const std::string errors = ErrorsOf(yaml);
    EXPECT_THAT(errors, testing::Not(HasSubstr(key.substr(8, 16)))) << yaml;
  }
  for (const ConfigFlags& flags : {ConfigFlags{{key, "x"}},
                                   {{"virustotal.api", key}},
                                   {{"virustotal.key_file", key}},
                                   {{"virustotal." + key, "x"}}}) {
    const absl::Status status = LoadConfig(std::nullopt, flags).status();
    EXPECT_FALSE(status.ok());
    EXPECT_THAT(std::string(status.message()),
                testing::Not(HasSubstr(key.substr(8, 16))));
  }
  EXPECT_THAT(std::string(LoadConfig(key, {}).status().message()),
              testing::Not(HasSubstr(key.substr(8, 16))));
}

TEST(Config, AKeyInTheWrongPlaceIsNotPrinted) {
  const auto config = LoadConfig(
      std::nullopt, {{"virustotal.dnifconfig_file", std::string("/x/") + kKey},
                     {"log.audit_file", std::string("/y/") + kKey}});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_THAT(ToYaml(*config),
              testing::Not(HasSubstr(std::string(kKey).substr(8, 16))));
}

TEST(Config, RefusesUnknownFlags) {
  for (const char* flag : {"nonsense", "cache", "cache.nonsense",
                           "cache.path.x", "", "cache..path"}) {
    EXPECT_FALSE(LoadConfig(std::nullopt, {{flag, "x"}}).ok()) << flag;
  }
}

TEST(Config, AnUnknownKeyMayBeATypo) {
  for (const auto& [yaml, meant] : {
           std::pair("cache: {paht: x}",
                     "cache.paht: unknown key; did you "
                     "mean path?"),
           std::pair("virustotal: {per_minute: 4}",
                     "did you mean virustotal.quota.per_minute?"),
           std::pair("chache: {path: x}", "did you mean cache?"),
           std::pair("auth: {clients: [{nane: a}]}",
                     "auth.clients[0].nane: unknown key; did you mean name?"),
           std::pair("virus_total: {api: v3}", "did you mean virustotal?"),
       }) {
    EXPECT_THAT(ErrorsOf(yaml), HasSubstr(meant)) << yaml;
  }
  EXPECT_THAT(ErrorsOf("zzzzz: 1"), testing::Not(HasSubstr("did you mean")));
  EXPECT_THAT(
      std::string(
          LoadConfig(std::nullopt, {{"cache.paht", "x"}}).status().message()),
      HasSubstr("--cache.paht: unknown setting; did you mean path?"));
}

TEST(Config, ErrorsComeInTheOrderOfTheLines) {
  const std::string errors = ErrorsOf(
      "cache:\n"
      "  memory: 1KiB\n"
      "odd: 1\n"
      "limits:\n"
      "  max_batch: 0\n"
      "even: 1\n");
  std::vector<int> lines;
  std::istringstream in(errors);
  for (std::string line; std::getline(in, line);) {
    lines.push_back(std::stoi(line.substr(line.find(".yml:") + 5)));
  }
  EXPECT_EQ(lines, (std::vector<int>{2, 3, 5, 6})) << errors;
}

// Without the hash, the client would need its certificate only.
// Whether reflection is served depends on the address when it is not set, so
// neither value may stand in a file for --config.
TEST(ToYaml, AKeyThatIsNotSetIsAComment) {
  v1::Config config;
  ApplyDefaults(&config);
  EXPECT_THAT(ToYaml(config), HasSubstr("\n  # reflection: is not set\n"));
  config.mutable_listen()->set_reflection(false);
  EXPECT_THAT(ToYaml(config), HasSubstr("\n  reflection: false\n"));
}

TEST(Config, APrintedClientIsNotTakenWithoutItsHash) {
  const auto config = LoadText(
      "auth: {clients: [{name: a, token_sha256: " + std::string(64, 'a') +
      ", certificate_name: a.example, roles: [lookup]}]}\n"
      "listen: {tls: {certificate_file: c, key_file: k, client_ca_file: a}}");
  ASSERT_TRUE(config.ok()) << config.status();
  const std::string yaml = ToYaml(*config);
  EXPECT_THAT(yaml, testing::Not(HasSubstr(std::string(64, 'a'))));
  EXPECT_THAT(std::string(LoadText(yaml).status().message()),
              HasSubstr("token_sha256"));
}

TEST(Config, AnEmptyFileIsTheDefaults) {
  EXPECT_TRUE(LoadText("").ok());
  EXPECT_TRUE(LoadText("# nothing\ncache:\n").ok());
  EXPECT_FALSE(LoadConfig("/nowhere/c.yml", {}).ok());
}

TEST(Config, LoopbackMayBeAskedWithoutTls) {
  for (const char* url : {"http://127.0.0.1:80", "http://localhost:8080",
                          "http://[::1]:1", "http://127.0.0.1"}) {
    EXPECT_TRUE(LoadConfig(std::nullopt, {{"virustotal.base_url", url}}).ok())
        << url;
  }
}

TEST(Config, PrintsWhatItCanReadAgainButNoSecret) {
  const auto config =
      LoadConfig(std::nullopt, {{"virustotal.key", "s3cret"},
                                {"cache.path", "/tmp/\"odd\" path: #x"},
                                {"cache.ttl.missing", "1d2h3m4s5ms"}});
  ASSERT_TRUE(config.ok());
  const std::string yaml = ToYaml(*config);
  EXPECT_THAT(yaml, testing::Not(HasSubstr("s3cret")));
  EXPECT_THAT(yaml, HasSubstr("\n  # key: is set, and not shown\n"));
  const auto again = LoadText(yaml);
  ASSERT_TRUE(again.ok()) << again.status();
  v1::Config expected = *config;
  expected.mutable_virustotal()->clear_key();
  EXPECT_EQ(ToYaml(*again), ToYaml(expected));
  EXPECT_EQ(again->cache().path(), "/tmp/\"odd\" path: #x");
  EXPECT_EQ(ToAbslDuration(again->cache().ttl().missing()),
            absl::Hours(26) + absl::Minutes(3) + absl::Milliseconds(4005));
}

}  // namespace
}  // namespace vtlookup
