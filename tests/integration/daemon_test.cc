// Tests the daemon as a program, with a real database and real HTTP to vtsim.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#include "absl/strings/match.h"
#include "core/clock.h"
#include "tests/integration/eventually.h"
#include "tests/integration/programs.h"

namespace vtlookup {
namespace {

using testing::HasSubstr;

TEST(Daemon, AScanFromSubmissionToReport) {
  const TempDir dir;
  const SimProgram sim({"--queue-time", "0s"});
  DaemonProgram daemon(sim, dir.path());
  const Client client = daemon.NewClient();
  const auto queued =
      client.Lookup(UrlIndicator("http://missing.example.com/"));
  ASSERT_TRUE(queued.ok()) << queued.status();
  EXPECT_EQ(queued->verdict().response_code(), -2);
  v1::Indicator scan;
  scan.set_url_scan_id(queued->verdict().scan_id());
  const auto report = client.Lookup(scan);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->verdict().response_code(), 1);
  EXPECT_EQ(report->verdict().url().url(), "http://missing.example.com/");
}

TEST(Daemon, ReadsTheQuotasOfItsUser) {
  const TempDir dir;
  const SimProgram sim;
  DaemonProgram daemon(sim, dir.path(), {"--virustotal.user=ann"});
  Eventually([&] {
    return absl::StrContains(daemon.Errors(), "of 500 requests of the day");
  });
  EXPECT_THAT(daemon.Errors(), HasSubstr("1 of 500 requests of the day"));
  EXPECT_EQ(sim.Requests().at(0)["path"], "/api/v3/users/ann/overall_quotas");
}

// No client waits for the refresh, so it uses only quota to spare.
TEST(Daemon, AsksAgainByItselfUntilAVerdictIsFinal) {
  const TempDir dir;
  const SimProgram sim;
  DaemonProgram daemon(
      sim, dir.path(),
      {"--cache.ttl.queued=1s", "--cache.ttl.queued_max=1s",
       "--virustotal.quota.per_minute=100", "--virustotal.quota.per_day=1000"});
  const std::string url = "http://queued.example.com/";
  ASSERT_TRUE(daemon.NewClient().Lookup(UrlIndicator(url)).ok());
  EXPECT_TRUE(Eventually([&] { return sim.Requests().size() >= 4; }));
}

TEST(Daemon, AFileIsFoundByEachOfItsHashes) {
  const TempDir dir;
  const SimProgram sim({"--fault", "*=present"});
  DaemonProgram daemon(sim, dir.path());
  const Client client = daemon.NewClient();
  const std::string md5(32, 'a');
  const auto first = client.Lookup(FileIndicator(md5));
  ASSERT_TRUE(first.ok()) << first.status();
  const v1::FileReport& file = first->verdict().file();
  EXPECT_EQ(file.md5(), md5);
  for (const std::string& hash : {file.sha1(), file.sha256()}) {
    const auto other = client.Lookup(FileIndicator(hash));
    EXPECT_EQ(other->source(), v1::SOURCE_MEMORY);
    EXPECT_EQ(other->verdict().indicator().file_hash(), hash);
    EXPECT_EQ(other->verdict().file().md5(), md5);
  }
  EXPECT_EQ(sim.Requests().size(), 1);
}

TEST(Daemon, SubmitUrlQueuesAScanWhoseIdCanBeLookedUp) {
  const TempDir dir;
  const SimProgram sim;
  DaemonProgram daemon(sim, dir.path());
  const Client client = daemon.NewClient();
  const auto verdict = client.SubmitUrl("http://scan.example.com/");
  ASSERT_TRUE(verdict.ok()) << verdict.status();
  EXPECT_EQ(verdict->response_code(), -2);
  EXPECT_EQ(verdict->indicator().url(), "http://scan.example.com/");
  v1::Indicator scan;
  scan.set_url_scan_id(verdict->scan_id());
  const auto report = client.Lookup(scan);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->verdict().response_code(), -2);
  EXPECT_EQ(client.SubmitUrl("nonsense//")->response_code(), -1);
}

TEST(Daemon, SaysThatItsCacheOrItsPortIsTaken) {
  const TempDir dir;
  const TempDir other;
  const SimProgram sim;
  DaemonProgram daemon(sim, dir.path());
  const TempDir errors;
  Program same_cache(
      "vtlookupd",
      {"--listen.address=127.0.0.1:0", "--cache.path=" + dir.path()},
      {"VT_API_KEY=x"}, errors / "cache");
  EXPECT_EQ(same_cache.Wait(), 1);
  Program same_port(
      "vtlookupd",
      {"--listen.address=" + daemon.address(), "--cache.path=" + other.path()},
      {"VT_API_KEY=x"}, errors / "port");
  EXPECT_EQ(same_port.Wait(), 1);
  const auto text = [&](const char* name) {
    std::ifstream in(errors / name);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  EXPECT_THAT(text("cache"), HasSubstr("in use by another process"));
  EXPECT_THAT(text("port"), HasSubstr("cannot listen on"));
}

}  // namespace
}  // namespace vtlookup
