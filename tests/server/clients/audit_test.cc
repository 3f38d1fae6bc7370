#include "server/clients/audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/fakes/fake_clock.h"
#include "tests/fakes/temp_dir.h"

namespace vtlookup {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class AuditTest : public testing::Test {
 protected:
  std::unique_ptr<Audit> Open() {
    v1::LogConfig config;
    config.set_audit_file(dir_ / "audit.log");
    config.set_audit_max(1 << 20);
    auto audit = Audit::Open(config, clock_);
    EXPECT_TRUE(audit.ok()) << audit.status();
    return *std::move(audit);
  }
  std::vector<json> Lines() const {
    std::vector<json> lines;
    std::ifstream in(dir_ / "audit.log");
    for (std::string line; std::getline(in, line);) {
      lines.push_back(json::parse(line));
    }
    return lines;
  }

  const TempDir dir_;
  FakeClock clock_{absl::FromUnixMillis(1'700'000'000'007)};
};

TEST_F(AuditTest, WithoutAFileNothingIsWritten) {
  const auto audit = Audit::Open(v1::LogConfig(), clock_);
  ASSERT_TRUE(audit.ok());
  EXPECT_FALSE((*audit)->on());
  (*audit)->Write({.event = "asked"});
  EXPECT_EQ((*audit)->failed(), 0);
}

TEST_F(AuditTest, SaysWhichKeyNamesAFileThatCannotBeWritten) {
  v1::LogConfig config;
  config.set_audit_file(dir_.path());  // a folder
  config.set_audit_max(1 << 20);
  const absl::Status status = Audit::Open(config, clock_).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("log.audit_file"));
}

TEST_F(AuditTest, ALineIsAnObjectWithoutItsEmptyFields) {
  const auto audit = Open();
  EXPECT_TRUE(audit->on());
  audit->Write({.event = "asked",
                .client = "soc",
                .what = "Lookup",
                .kind = "domain",
                .indicator = "example.com",
                .source = "virustotal",
                .outcome = "present",
                .requests = 2,
                .trace = "00-a-b-01"});
  audit->Write({.event = "admin", .outcome = "OK"});
  EXPECT_EQ(Lines(), (std::vector<json>{json::parse(R"({
                "time": "2023-11-14T22:13:20.007Z", "event": "asked",
                "client": "soc", "what": "Lookup", "kind": "domain",
                "indicator": "example.com", "source": "virustotal",
                "outcome": "present", "requests": 2, "trace": "00-a-b-01"})"),
                                        json::parse(R"({
                "time": "2023-11-14T22:13:20.007Z", "event": "admin",
                "outcome": "OK"})")}));
}

TEST_F(AuditTest, TextOfClientsStaysWithinItsLine) {
  const auto audit = Open();
  audit->Write({.event = "asked", .what = "a\nb\"c\\", .outcome = "\xff!"});
  const std::vector<json> lines = Lines();
  ASSERT_EQ(lines.size(), 1);
  EXPECT_EQ(lines[0]["what"], "a\nb\"c\\");
  EXPECT_EQ(lines[0]["outcome"], "\xef\xbf\xbd!");
}

// As logrotate does, and then sends SIGHUP.
TEST_F(AuditTest, AFileThatWasMovedAwayIsOpenedAnew) {
  const auto audit = Open();
  audit->Write({.event = "asked", .what = "before"});
  std::filesystem::rename(dir_ / "audit.log", dir_ / "audit.log.1");
  ASSERT_TRUE(audit->Reopen().ok());
  audit->Write({.event = "asked", .what = "after"});
  const std::vector<json> lines = Lines();
  ASSERT_EQ(lines.size(), 1);
  EXPECT_EQ(lines[0]["what"], "after");
}

TEST_F(AuditTest, OnlyTheOwnerReadsTheFile) {
  Open()->Write({.event = "asked"});
  struct stat status {};
  ASSERT_EQ(stat((dir_ / "audit.log").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600);
}

TEST_F(AuditTest, StrangersCannotFillTheFile) {
  const auto audit = Open();
  for (int i = 0; i < 605; ++i) audit->Write({.event = "refused"});
  EXPECT_EQ(Lines().size(), 600);
  // Other lines are not limited, and say nothing of it.
  audit->Write({.event = "asked"});
  clock_.Advance(absl::Seconds(59));
  audit->Write({.event = "refused"});
  ASSERT_EQ(Lines().size(), 601);
  EXPECT_FALSE(Lines().back().contains("left_out"));

  clock_.Advance(absl::Seconds(1));
  audit->Write({.event = "refused"});
  audit->Write({.event = "refused"});
  const std::vector<json> lines = Lines();
  ASSERT_EQ(lines.size(), 603);
  EXPECT_EQ(lines[601]["left_out"], 6);
  EXPECT_FALSE(lines[602].contains("left_out"));
}

TEST(ShownIndicator, AUrlIsCutToItsHostAndMarkedByItsHash) {
  const struct {
    Kind kind;
    const char* text;
    const char* shown;
  } kCases[] = {
      // The hashes are as sha256sum prints them, cut.
      {Kind::kUrl, "http://a.com/secret?x=1",
       "http://a.com/... sha256:48b8f289a3f585d7"},
      {Kind::kUrl, "https://b.example:8443/p#f",
       "https://b.example/... sha256:de63d48303373067"},
      {Kind::kDomain, "example.com", "example.com"},
      {Kind::kIp, "8.8.8.8", "8.8.8.8"},
      {Kind::kFile, "d41d8cd98f00b204e9800998ecf8427e",
       "d41d8cd98f00b204e9800998ecf8427e"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(ShownIndicator(*Indicator::Parse(c.kind, c.text)), c.shown);
  }
  const std::string shown = ShownIndicator(
      *Indicator::Parse(Kind::kUrl, "http://user:secret@a.com/"));
  EXPECT_THAT(shown, HasSubstr("http://a.com/..."));
  EXPECT_THAT(shown, testing::Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace vtlookup
