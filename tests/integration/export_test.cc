// Tests the export of one daemon and its import by another.

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/integration/admin_fixture.h"
#include "tests/integration/programs.h"
#include "tests/integration/shell.h"
#include "tests/paths.h"
#include "vtlookup/connection.h"

namespace vtlookup {
namespace {

using testing::HasSubstr;

TEST_F(AdminTest, TheCommandExportsAndImportsAndSaysWhatItDidNotTake) {
  const SimProgram sim({"--fault", "*=present"});
  DaemonProgram daemon(sim, dir_.path());
  ASSERT_TRUE(daemon.NewClient().Lookup(DomainIndicator("a.example.com")).ok());
  const std::string admin = "VTLOOKUP_ADMIN=unix:" + dir_.path() +
                            "/admin.sock " BIN_DIR "/vtlookup admin ";
  const std::string file = dir_.path() + "/entries";
  Shell(admin + "export > " + file);
  EXPECT_THAT(ReadAll(file), HasSubstr("a.example.com"));
  Shell(admin + "import < " + file);
  Shell("echo '{}' >> " + file);
  Shell("! " + admin + "import < " + file);
}

std::vector<v1::CacheEntry> ExportAll(Admin& admin) {
  std::vector<v1::CacheEntry> exported;
  grpc::ClientContext context;
  const auto reader = admin.stub().ExportEntries(&context, {});
  v1::ExportEntriesResponse each;
  while (reader->Read(&each)) exported.push_back(each.entry());
  EXPECT_TRUE(reader->Finish().ok());
  return exported;
}

v1::ImportEntriesResponse Import(Admin& admin,
                                 const std::vector<v1::CacheEntry>& entries) {
  grpc::ClientContext context;
  v1::ImportEntriesResponse response;
  const auto writer = admin.stub().ImportEntries(&context, &response);
  for (const v1::CacheEntry& entry : entries) {
    v1::ImportEntriesRequest request;
    *request.mutable_entry() = entry;
    writer->Write(request);
  }
  writer->WritesDone();
  EXPECT_TRUE(writer->Finish().ok());
  return response;
}

// Returns an entry about the domain `name` that is otherwise equal to `like`,
// which may be about a file.
v1::CacheEntry OfDomain(const std::string& name, v1::CacheEntry like) {
  like.mutable_indicator()->set_domain(name);
  like.mutable_verdict()->mutable_domain();
  return like;
}

// Of two entries about the same domain the newer one stays, in whichever order
// they come.
void ExpectTheNewerOfTwoStays(Admin& admin, const Client& client,
                              const v1::CacheEntry& entry) {
  v1::CacheEntry later = OfDomain("twice.example.com", entry);
  later.mutable_verdict()->set_positives(50);
  v1::CacheEntry earlier = OfDomain("twice.example.com", entry);
  earlier.mutable_fetch_time()->set_seconds(entry.fetch_time().seconds() - 100);
  EXPECT_EQ(Import(admin, {earlier, later, earlier}).imported(), 2);
  const auto kept = client.Lookup(DomainIndicator("twice.example.com"));
  ASSERT_TRUE(kept.ok());
  EXPECT_EQ(kept->verdict().positives(), 50);
}

// Entries that are implausible or name no indicator are not imported. The
// response has their number, and says what was wrong with the first.
void ExpectMistakesAreNotTaken(Admin& admin, const v1::CacheEntry& entry) {
  // The verdict contradicts itself: not known, but malicious.
  v1::CacheEntry odd = OfDomain("twice.example.com", entry);
  odd.mutable_verdict()->set_positives(50);
  odd.mutable_verdict()->set_response_code(0);
  EXPECT_EQ(Import(admin, {odd}).invalid(), 1);

  v1::CacheEntry ahead = entry;  // fetched under a clock that is ahead of ours
  ahead.mutable_fetch_time()->set_seconds(entry.fetch_time().seconds() + 3600);
  ahead.mutable_expire_time()->set_seconds(entry.fetch_time().seconds() + 7200);
  EXPECT_THAT(Import(admin, {ahead}).mistake(),
              HasSubstr("fetch_time is in the future"));

  v1::CacheEntry expired = entry;
  expired.mutable_expire_time()->set_seconds(1);
  expired.mutable_stale_until()->set_seconds(2);
  const auto mixed = Import(admin, {entry, expired, v1::CacheEntry()});
  EXPECT_EQ(mixed.imported(), 1);
  EXPECT_EQ(mixed.expired(), 1);
  EXPECT_EQ(mixed.invalid(), 1);
  EXPECT_EQ(mixed.mistake(), "the entry has no indicator");
}

TEST_F(AdminTest, WhatIsExportedCanBeImportedButNeverOverSomethingNewer) {
  const SimProgram sim({"--fault", "*=present"});
  std::vector<v1::CacheEntry> exported;
  {
    DaemonProgram daemon(sim, dir_.path());
    const Client client = daemon.NewClient();
    ASSERT_TRUE(client.Lookup(DomainIndicator("a.example.com")).ok());
    ASSERT_TRUE(client.Lookup(FileIndicator(std::string(32, 'b'))).ok());
    Admin admin(Socket());
    exported = ExportAll(admin);
    ASSERT_EQ(exported.size(), 4);
  }
  const TempDir other;
  DaemonProgram daemon(sim, other.path());
  const size_t before = sim.Requests().size();
  Admin admin(Connect("unix:" + other.path() + "/admin.sock"));
  EXPECT_EQ(Import(admin, exported).imported(), 4);
  EXPECT_EQ(Import(admin, exported).older(), 4);
  const auto again =
      daemon.NewClient().Lookup(DomainIndicator("a.example.com"));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->source(), v1::SOURCE_MEMORY);
  EXPECT_EQ(sim.Requests().size(), before);
  v1::ListEntriesRequest all;
  all.set_full(true);
  const auto there = admin.Ask(&v1::AdminService::Stub::ListEntries, all);
  ASSERT_EQ(there.entries_size(), 4);
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(
        there.entries(i).verdict(),
        exported[static_cast<size_t>(i)].verdict()));
  }
  v1::CacheEntry newer = exported[0];
  newer.mutable_fetch_time()->set_seconds(newer.fetch_time().seconds() + 1);
  ExpectTheNewerOfTwoStays(admin, daemon.NewClient(), newer);
  ExpectMistakesAreNotTaken(admin, newer);
}

}  // namespace
}  // namespace vtlookup
