// Tests AdminService: what operators can do with the cache of a running daemon.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>
#include <set>
#include <string>
#include <vector>

#include "tests/integration/admin_fixture.h"
#include "tests/integration/programs.h"

namespace vtlookup {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::set<std::string> DomainsOf(const std::vector<v1::CacheEntry>& entries) {
  std::set<std::string> names;
  for (const v1::CacheEntry& entry : entries) {
    names.insert(entry.indicator().domain());
  }
  return names;
}

TEST_F(AdminTest, ListsInPagesWhatIsCached) {
  DaemonProgram daemon(sim_, dir_.path());
  Admin admin(Socket());
  EXPECT_TRUE(admin.Entries().empty());
  std::set<std::string> names;
  for (int i = 0; i < 25; ++i) {
    names.insert("n" + std::to_string(i) + ".example.com");
  }
  const Client client = daemon.NewClient();
  for (const std::string& name : names) {
    ASSERT_TRUE(client.Lookup(DomainIndicator(name)).ok());
  }
  EXPECT_EQ(DomainsOf(admin.Entries({}, 7)), names);
  EXPECT_EQ(admin.Entries({}, 7).size(), 25);  // each entry once
  v1::EntryFilter filter;
  filter.set_domain("n3.EXAMPLE.com");
  EXPECT_THAT(DomainsOf(admin.Entries(filter)), ElementsAre("n3.example.com"));
  filter.set_response_code(0);
  EXPECT_TRUE(admin.Entries(filter).empty());
  v1::EntryFilter old;
  old.mutable_min_age()->set_seconds(3600);
  EXPECT_TRUE(admin.Entries(old).empty());
  struct stat info {};
  ASSERT_EQ(stat((dir_.path() + "/admin.sock").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600);
}

TEST_F(AdminTest, InvalidatesWhatTheFilterSaysAndNothingElse) {
  DaemonProgram daemon(sim_, dir_.path());
  Admin admin(Socket());
  const Client client = daemon.NewClient();
  const std::vector<v1::Indicator> all = {
      DomainIndicator("a.example.com"), DomainIndicator("b.example.com"),
      UrlIndicator("http://a.example.com/x")};
  for (const auto& each : all) ASSERT_TRUE(client.Lookup(each).ok());
  ASSERT_EQ(sim_.Requests().size(), 3);

  admin.Invalidate({}, grpc::StatusCode::INVALID_ARGUMENT);
  v1::InvalidateEntriesRequest says_nothing;
  says_nothing.mutable_filter()->mutable_min_age();
  admin.Invalidate(says_nothing, grpc::StatusCode::INVALID_ARGUMENT);
  v1::InvalidateEntriesRequest request;
  request.mutable_filter()->set_domain("a.example.com");
  request.set_dry_run(true);
  EXPECT_EQ(admin.Invalidate(request).matched(), 2);
  for (const auto& each : all) ASSERT_TRUE(client.Lookup(each).ok());
  ASSERT_EQ(sim_.Requests().size(), 3);  // nothing was changed

  request.set_dry_run(false);
  EXPECT_EQ(admin.Invalidate(request).invalidated(), 2);
  EXPECT_EQ(admin.Invalidate(request).invalidated(), 0);  // stale already
  for (const auto& each : all) {
    const auto answer = client.Lookup(each);
    ASSERT_TRUE(answer.ok());
    EXPECT_FALSE(answer->stale());
  }
  EXPECT_EQ(sim_.Requests().size(), 5);
}

TEST_F(AdminTest, WhatIsDeletedIsGoneForAllNamesOfAFileAndAfterARestart) {
  const std::string md5(32, 'a');
  const SimProgram sim({"--fault", "*=present"});
  {
    DaemonProgram daemon(sim, dir_.path());
    Admin admin(Socket());
    const Client client = daemon.NewClient();
    const auto answer = client.Lookup(FileIndicator(md5));
    ASSERT_TRUE(answer.ok());
    ASSERT_EQ(answer->verdict().response_code(), 1);
    EXPECT_EQ(admin.Entries().size(), 3);
    v1::InvalidateEntriesRequest request;
    request.mutable_filter()->add_indicators()->set_file_hash(
        answer->verdict().file().sha256());
    request.set_hard(true);
    EXPECT_EQ(admin.Invalidate(request).invalidated(), 3);
    EXPECT_TRUE(admin.Entries().empty());
    v1::LookupOptions cached;
    cached.set_cache_mode(v1::CACHE_MODE_ONLY);
    EXPECT_TRUE(
        absl::IsNotFound(client.Lookup(FileIndicator(md5), cached).status()));
    daemon.program().Signal(SIGTERM);
    EXPECT_EQ(daemon.program().Wait(), 0);
  }
  DaemonProgram daemon(sim, dir_.path());
  EXPECT_TRUE(Admin(Socket()).Entries().empty());
}

TEST_F(AdminTest, RefreshesWithinTheQuotaAndTellsQuotaAndStatus) {
  DaemonProgram daemon(sim_, dir_.path(), {"--virustotal.quota.per_day=10"});
  const Client client = daemon.NewClient();
  for (const char* name : {"a.com", "b.com"}) {
    ASSERT_TRUE(client.Lookup(DomainIndicator(name)).ok());
  }
  Admin admin(Socket());
  v1::RefreshEntriesRequest request;
  request.mutable_filter()->set_kind("domain");
  const auto refreshed =
      admin.Ask(&v1::AdminService::Stub::RefreshEntries, request);
  EXPECT_EQ(refreshed.matched(), 2);
  EXPECT_EQ(refreshed.refreshed(), 2);
  EXPECT_EQ(sim_.CountOf("a.com"), 2);
  const auto quota =
      admin.Ask(&v1::AdminService::Stub::GetQuota, v1::GetQuotaRequest());
  ASSERT_EQ(quota.keys_size(), 1);
  EXPECT_EQ(quota.keys(0).windows(1).window(), "day");
  EXPECT_EQ(quota.keys(0).windows(1).used(), 4);
  EXPECT_EQ(quota.keys(0).windows(1).limit(), 10);
  const auto status =
      admin.Ask(&v1::AdminService::Stub::GetStatus, v1::GetStatusRequest());
  EXPECT_TRUE(status.ready());
  EXPECT_EQ(status.virustotal().requests(), 4);
  EXPECT_EQ(status.cache().memory_entries(), 2);
  EXPECT_EQ(status.traffic().by_source().at("virustotal"), 2);
  EXPECT_THAT(status.ShortDebugString(),
              Not(HasSubstr(DaemonProgram::kApiKey)));
}

TEST_F(AdminTest, ASecondDaemonDoesNotTakeTheSocketOfTheFirst) {
  DaemonProgram first(sim_, dir_.path());
  const TempDir other;
  DaemonProgram second(sim_, other.path(),
                       {"--admin.address=unix:" + dir_.path() + "/admin.sock"});
  EXPECT_THAT(second.Errors(), HasSubstr("another process listens on it"));
  ASSERT_TRUE(second.NewClient().Lookup(DomainIndicator("a.com")).ok());
  EXPECT_TRUE(Admin(Socket()).Entries().empty());  // the first daemon's
}

}  // namespace
}  // namespace vtlookup
