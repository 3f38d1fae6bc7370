// What operators do with a running daemon: AdminService, reload, tokens, TLS.

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "core/clock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "tests/integration/programs.h"
#include "vtlookup/connection.h"
#include "vtlookup/v1/admin.grpc.pb.h"

namespace vtlookup {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::UnorderedElementsAre;

void Shell(const std::string& command) {
  ASSERT_EQ(std::system(("(" + command + ") >/dev/null 2>&1").c_str()), 0)
      << command;
}

std::string ReadAll(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Calls with a deadline, and the token if there is one.
class Admin {
 public:
  explicit Admin(std::shared_ptr<grpc::Channel> channel, std::string token = "")
      : stub_(v1::AdminService::NewStub(std::move(channel))),
        token_(std::move(token)) {}

  template <typename Request, typename Response>
  Response Ask(grpc::Status (v1::AdminService::Stub::*rpc)(grpc::ClientContext*,
                                                           const Request&,
                                                           Response*),
               const Request& request,
               grpc::StatusCode expected = grpc::StatusCode::OK) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(20)));
    if (!token_.empty()) {
      context.AddMetadata("authorization", "Bearer " + token_);
    }
    Response response;
    last_ = (stub_.get()->*rpc)(&context, request, &response);
    EXPECT_EQ(last_.error_code(), expected) << last_.error_message();
    return response;
  }

  std::vector<v1::CacheEntry> Entries(const v1::EntryFilter& filter = {},
                                      int page_size = 0) {
    std::vector<v1::CacheEntry> all;
    v1::ListEntriesRequest request;
    *request.mutable_filter() = filter;
    request.set_page_size(page_size);
    do {
      const auto page = Ask(&v1::AdminService::Stub::ListEntries, request);
      EXPECT_LE(page.entries_size(), page_size == 0 ? 100 : page_size);
      all.insert(all.end(), page.entries().begin(), page.entries().end());
      request.set_page_token(page.next_page_token());
    } while (!request.page_token().empty());
    return all;
  }

  v1::InvalidateEntriesResponse Invalidate(
      const v1::InvalidateEntriesRequest& request,
      grpc::StatusCode expected = grpc::StatusCode::OK) {
    return Ask(&v1::AdminService::Stub::InvalidateEntries, request, expected);
  }

  const grpc::Status& last() const { return last_; }
  v1::AdminService::Stub& stub() { return *stub_; }

 private:
  std::unique_ptr<v1::AdminService::Stub> stub_;
  std::string token_;
  grpc::Status last_;
};

std::set<std::string> DomainsOf(const std::vector<v1::CacheEntry>& entries) {
  std::set<std::string> names;
  for (const v1::CacheEntry& entry : entries) {
    names.insert(entry.indicator().domain());
  }
  return names;
}

class AdminTest : public testing::Test {
 protected:
  std::shared_ptr<grpc::Channel> Socket() const {
    return Connect("unix:" + dir_.path() + "/admin.sock");
  }

  TempDir dir_;
  SimProgram sim_;
};

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
  EXPECT_EQ(admin.Entries({}, 7).size(), 25);  // none twice
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

TEST_F(AdminTest, WhatIsExportedCanBeImportedButNeverOverSomethingNewer) {
  const SimProgram sim({"--fault", "*=present"});
  std::vector<v1::CacheEntry> exported;
  {
    DaemonProgram daemon(sim, dir_.path());
    const Client client = daemon.NewClient();
    ASSERT_TRUE(client.Lookup(DomainIndicator("a.example.com")).ok());
    ASSERT_TRUE(client.Lookup(FileIndicator(std::string(32, 'b'))).ok());
    Admin admin(Socket());
    grpc::ClientContext context;
    const auto reader = admin.stub().ExportEntries(&context, {});
    v1::ExportEntriesResponse each;
    while (reader->Read(&each)) exported.push_back(each.entry());
    ASSERT_TRUE(reader->Finish().ok());
    ASSERT_EQ(exported.size(), 4);
  }
  const TempDir other;
  DaemonProgram daemon(sim, other.path());
  const size_t before = sim.Requests().size();
  Admin admin(Connect("unix:" + other.path() + "/admin.sock"));
  const auto import = [&](const std::vector<v1::CacheEntry>& entries) {
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
  };
  EXPECT_EQ(import(exported).imported(), 4);
  EXPECT_EQ(import(exported).older(), 4);
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
  v1::CacheEntry expired = newer;
  expired.mutable_expire_time()->set_seconds(1);
  expired.mutable_stale_until()->set_seconds(2);
  // The older of two comes first, and last: the newer one stays.
  v1::CacheEntry twice = newer;
  twice.mutable_indicator()->set_domain("twice.example.com");
  twice.mutable_verdict()->mutable_domain();
  v1::CacheEntry later = twice;
  later.mutable_verdict()->set_positives(50);
  twice.mutable_fetch_time()->set_seconds(twice.fetch_time().seconds() - 100);
  EXPECT_EQ(import({twice, later, twice}).imported(), 2);
  const auto kept =
      daemon.NewClient().Lookup(DomainIndicator("twice.example.com"));
  ASSERT_TRUE(kept.ok());
  EXPECT_EQ(kept->verdict().positives(), 50);
  v1::CacheEntry odd = later;  // unknown, and called malicious
  odd.mutable_verdict()->set_response_code(0);
  EXPECT_EQ(import({odd}).invalid(), 1);

  v1::CacheEntry ahead = newer;  // by another clock
  ahead.mutable_fetch_time()->set_seconds(newer.fetch_time().seconds() + 3600);
  ahead.mutable_expire_time()->set_seconds(newer.fetch_time().seconds() + 7200);
  EXPECT_THAT(import({ahead}).mistake(), HasSubstr("fetch_time in the future"));

  const auto mixed = import({newer, expired, v1::CacheEntry()});
  EXPECT_EQ(mixed.imported(), 1);
  EXPECT_EQ(mixed.expired(), 1);
  EXPECT_EQ(mixed.invalid(), 1);
  EXPECT_EQ(mixed.mistake(), "no indicator");
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

// "secret-token" and others, as the configuration knows them.
constexpr char kNode[] = "node-token-5d1c";
constexpr char kOperator[] = "operator-token-77aa";

std::string HashOf(const std::string& token) {
  const TempDir dir;
  Shell("printf %s '" + token + "' | sha256sum > " + (dir / "h"));
  return ReadAll(dir / "h").substr(0, 64);
}

class SecuredTest : public AdminTest {
 protected:
  SecuredTest() {
    MakeCertificate("first");
    UseCertificate("first");
    Write(HashOf(kNode), "lookups_per_minute: 0");
  }

  // By an authority of its own, which is all that tells two apart.
  void MakeCertificate(const std::string& name) {
    Shell(
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "
        "/CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 "
        "-keyout " +
        (files_ / name) + ".key -out " + (files_ / name) + ".pem");
  }
  void UseCertificate(const std::string& name) {
    Shell("cp " + (files_ / name) + ".key " + (files_ / "server.key"));
    Shell("cp " + (files_ / name) + ".pem " + (files_ / "server.pem"));
  }

  void Write(const std::string& node_hash, const std::string& more) {
    std::ofstream(files_ / "c.yml")
        << "listen:\n  tls: {certificate_file: " << (files_ / "server.pem")
        << ", key_file: " << (files_ / "server.key") << "}\n"
        << "admin: {address: '127.0.0.1:0'}\n"
        << "log: {audit_file: " << (files_ / "audit") << ", one_call_in: 1}\n"
        << "auth:\n  clients:\n"
        << "    - {name: node, roles: [lookup], token_sha256: " << node_hash
        << ", " << more << "}\n"
        << "    - {name: boss, roles: [lookup, refresh, admin], token_sha256: "
        << HashOf(kOperator) << "}\n";
  }

  std::unique_ptr<Program> Start() {
    auto daemon = std::make_unique<Program>(
        "vtlookupd",
        std::vector<std::string>{
            "--config", files_ / "c.yml", "--listen.address=127.0.0.1:0",
            "--http.address=127.0.0.1:0", "--cache.path=" + dir_.path(),
            "--virustotal.base_url=" + sim_.url(),
            "--virustotal.quota.per_minute=0"},
        std::vector<std::string>{"VT_API_KEY=secured-key-11"},
        files_ / "errors");
    const std::string line = daemon->ReadLine();
    EXPECT_THAT(line, HasSubstr("ready on ")) << ReadAll(files_ / "errors");
    address_ = line.substr(line.rfind(' ') + 1);
    const std::string log = ReadAll(files_ / "errors");
    const size_t at = log.find("AdminService on ") + 16;
    admin_address_ = log.substr(at, log.find('\n', at) - at);
    return daemon;
  }

  std::shared_ptr<grpc::Channel> Channel(const std::string& address,
                                         const std::string& certificate) {
    return *Connect(address,
                    {.tls = true, .ca_file = files_ / (certificate + ".pem")});
  }
  Client NewClient(const std::string& token,
                   const std::string& certificate = "first") {
    return Client(Channel(address_, certificate),
                  {.timeout = absl::Seconds(10), .token = token});
  }

  TempDir files_;
  std::string address_;
  std::string admin_address_;
};

TEST_F(SecuredTest, AsksWhoCallsAndWhatItMay) {
  const auto daemon = Start();
  const v1::Indicator domain = DomainIndicator("a.example.com");
  EXPECT_EQ(NewClient(kNode).Lookup(domain).status(), absl::OkStatus());
  EXPECT_TRUE(absl::IsUnauthenticated(NewClient("").Lookup(domain).status()));
  EXPECT_TRUE(
      absl::IsUnauthenticated(NewClient("guess").Lookup(domain).status()));
  v1::LookupOptions refresh;
  refresh.set_cache_mode(v1::CACHE_MODE_REFRESH);
  EXPECT_TRUE(absl::IsPermissionDenied(
      NewClient(kNode).Lookup(domain, refresh).status()));
  EXPECT_TRUE(NewClient(kOperator).Lookup(domain, refresh).ok());
  EXPECT_TRUE(absl::IsPermissionDenied(
      NewClient(kNode).SubmitUrl("http://a.example.com/").status()));
  // It may not submit: so what is not known is not submitted for it.
  const v1::Indicator unknown = UrlIndicator("http://missing.example.com/");
  const auto answer = NewClient(kNode).Lookup(unknown);
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->verdict().response_code(), 0);
  v1::LookupOptions submit;
  submit.set_submit_missing_url(true);
  EXPECT_TRUE(absl::IsPermissionDenied(
      NewClient(kNode).Lookup(unknown, submit).status()));

  Admin(Channel(admin_address_, "first"), kNode)
      .Ask(&v1::AdminService::Stub::GetStatus, v1::GetStatusRequest(),
           grpc::StatusCode::PERMISSION_DENIED);
  Admin(Channel(admin_address_, "first"), kOperator)
      .Ask(&v1::AdminService::Stub::GetStatus, v1::GetStatusRequest());
  const std::string audit = ReadAll(files_ / "audit");
  EXPECT_THAT(audit, HasSubstr(R"("event":"refused")"));
  EXPECT_THAT(audit, HasSubstr(R"("client":"node","kind":"domain")"));
  for (const char* secret : {kNode, kOperator, "guess", "secured-key-11"}) {
    EXPECT_THAT(audit, Not(HasSubstr(secret)));
    EXPECT_THAT(ReadAll(files_ / "errors"), Not(HasSubstr(secret)));
  }
}

TEST_F(SecuredTest, CertificateAndTokenAreExchangedWhileItRuns) {
  const auto daemon = Start();
  const v1::Indicator domain = DomainIndicator("a.example.com");
  const Client before = NewClient(kNode);
  ASSERT_TRUE(before.Lookup(domain).ok());
  MakeCertificate("second");
  UseCertificate("second");
  Write(HashOf("another-token"), "lookups_per_minute: 0");
  Admin admin(Channel(admin_address_, "first"), kOperator);
  const auto reloaded = admin.Ask(&v1::AdminService::Stub::ReloadConfig,
                                  v1::ReloadConfigRequest());
  EXPECT_THAT(reloaded.changed(), ElementsAre("auth.clients"));
  EXPECT_TRUE(absl::IsUnauthenticated(before.Lookup(domain).status()));
  EXPECT_TRUE(NewClient("another-token", "second").Lookup(domain).ok());
  EXPECT_TRUE(absl::IsUnavailable(
      NewClient("another-token", "first").Lookup(domain).status()));

  // A bad file, by signal, changes nothing and is told.
  const std::string key(64, 'f');
  std::ofstream(files_ / "c.yml", std::ios::app) << "nonsense: 1\n"
                                                 << key << ": 1\n";
  daemon->Signal(SIGHUP);
  Admin again(Channel(admin_address_, "second"), kOperator);
  const absl::Time limit = absl::Now() + absl::Seconds(10);
  std::string error;
  while (error.empty() && absl::Now() < limit) {
    error =
        again.Ask(&v1::AdminService::Stub::GetStatus, v1::GetStatusRequest())
            .config_error();
  }
  EXPECT_THAT(error, HasSubstr("nonsense: unknown key"));
  EXPECT_THAT(error, Not(HasSubstr("ffffffff")));
  EXPECT_TRUE(NewClient("another-token", "second").Lookup(domain).ok());
}

// What is live of a new file and what is not of the old may not go together.
TEST_F(SecuredTest, AReloadNeverOpensWhatTheOldFileHadClosed) {
  Write(HashOf(kNode), "lookups_per_minute: 0");
  Program daemon("vtlookupd",
                 {"--config", files_ / "c.yml", "--listen.address=0.0.0.0:0",
                  "--http.address=", "--cache.path=" + dir_.path(),
                  "--virustotal.base_url=" + sim_.url()},
                 {"VT_API_KEY=k"}, files_ / "errors");
  const std::string line = daemon.ReadLine();
  const std::string port = line.substr(line.rfind(':'));
  std::ofstream(files_ / "c.yml")
      << "listen:\n  tls: {certificate_file: " << (files_ / "server.pem")
      << ", key_file: " << (files_ / "server.key") << "}\n"
      << "  insecure: true\n";
  daemon.Signal(SIGHUP);
  const absl::Time limit = absl::Now() + absl::Seconds(10);
  while (ReadAll(files_ / "errors").find("was not reloaded") ==
             std::string::npos &&
         absl::Now() < limit) {
    absl::SleepFor(absl::Milliseconds(20));
  }
  EXPECT_THAT(ReadAll(files_ / "errors"),
              HasSubstr("only after a restart: listen.address: beyond"));
  address_ = "127.0.0.1" + port;
  EXPECT_TRUE(absl::IsUnauthenticated(
      NewClient("").Lookup(DomainIndicator("a.com")).status()));
}

TEST_F(AdminTest, AReloadWithOtherKeysLeavesThemForTheNextStart) {
  std::ofstream(dir_ / "c.yml")
      << "virustotal:\n  keys: [{name: a, key: x}, {name: b, key: y}]\n";
  DaemonProgram daemon(sim_, dir_ / "cache",
                       {"--config=" + (dir_ / "c.yml"),
                        "--admin.address=unix:" + (dir_ / "admin.sock")});
  std::ofstream(dir_ / "c.yml") << "cache: {ttl: {missing: 7m}}\n"
                                   "virustotal:\n  keys: [{name: b, key: y}]\n";
  Admin admin(Socket());
  const auto reloaded = admin.Ask(&v1::AdminService::Stub::ReloadConfig,
                                  v1::ReloadConfigRequest());
  EXPECT_THAT(reloaded.changed(), ElementsAre("cache.ttl.missing"));
  EXPECT_THAT(reloaded.restart_needed(), ElementsAre("virustotal.keys"));
  ASSERT_TRUE(daemon.NewClient().Lookup(DomainIndicator("a.com")).ok());
  const auto quota =
      admin.Ask(&v1::AdminService::Stub::GetQuota, v1::GetQuotaRequest());
  ASSERT_EQ(quota.keys_size(), 2);
  EXPECT_EQ(quota.keys(0).windows(1).used(), 1);
}

TEST_F(SecuredTest, AKeyThatIsNotTheCertificatesChangesNothing) {
  const auto daemon = Start();
  MakeCertificate("second");
  Shell("cp " + (files_ / "second.key") + " " + (files_ / "server.key"));
  Admin admin(Channel(admin_address_, "first"), kOperator);
  admin.Ask(&v1::AdminService::Stub::ReloadConfig, v1::ReloadConfigRequest(),
            grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_THAT(admin.last().error_message(),
              HasSubstr("is not the key of the certificate"));
  EXPECT_TRUE(NewClient(kNode).Lookup(DomainIndicator("a.com")).ok());
}

// Whatever can be read of the daemon, after it was asked well and badly.
TEST_F(SecuredTest, SecretsAreWrittenNowhere) {
  const auto daemon = Start();
  std::string all;
  const auto add_error = [&all](const absl::Status& status) {
    EXPECT_FALSE(status.ok());
    all += status.ToString();
  };
  ASSERT_TRUE(NewClient(kNode).Lookup(DomainIndicator("a.com")).ok());
  add_error(NewClient("guess").Lookup(DomainIndicator("a.com")).status());
  add_error(NewClient(kNode).SubmitUrl("http://a.com/").status());
  const v1::Indicator url =
      UrlIndicator("http://a.example.com/x?session=querysecret");
  ASSERT_TRUE(NewClient(kNode).Lookup(url).ok());
  Admin admin(Channel(admin_address_, "first"), kOperator);
  all += admin.Ask(&v1::AdminService::Stub::GetStatus, v1::GetStatusRequest())
             .ShortDebugString();
  v1::InvalidateEntriesRequest purge;
  *purge.mutable_filter()->add_indicators() = url;
  EXPECT_EQ(admin.Invalidate(purge).invalidated(), 1);
  const std::string log = ReadAll(files_ / "errors");
  const size_t at = log.find("http://");
  httplib::Client http(log.substr(at, log.find('\n', at) - 1 - at));
  for (const char* page :
       {"/", "/page.js", "/page.css", "/metrics", "/readyz", "/status.json",
        "/cached.json?kind=domain&value=a.com"}) {
    const auto answer = http.Get(page);
    ASSERT_TRUE(answer) << page;
    EXPECT_EQ(answer->status, 200) << page;
    all += answer->body;
  }
  all += ReadAll("/proc/" + std::to_string(daemon->pid()) + "/cmdline");
  Program print("vtlookupd", {"--config", files_ / "c.yml", "--print-config"},
                {"VT_API_KEY=secured-key-11"});
  all += print.ReadAll();
  daemon->Signal(SIGTERM);
  EXPECT_EQ(daemon->Wait(), 0);
  all += ReadAll(files_ / "errors");
  // The hostname of a URL is told, what was asked of it is not.
  const std::string audit = ReadAll(files_ / "audit");
  EXPECT_THAT(audit, HasSubstr("http://a.example.com/..."));
  EXPECT_THAT(all + audit, Not(HasSubstr("querysecret")));
  all += audit;
  for (const auto& file :
       std::filesystem::recursive_directory_iterator(dir_.path())) {
    if (file.is_regular_file()) all += ReadAll(file.path());
  }
  EXPECT_GT(all.size(), 10'000);
  for (const std::string& secret :
       {std::string(kNode), std::string(kOperator), std::string("guess"),
        std::string("secured-key-11"), HashOf(kNode)}) {
    EXPECT_EQ(all.find(secret), std::string::npos) << secret;
  }
}

// Mutual TLS: a certificate is shown, and its name says who it is.
TEST_F(SecuredTest, AsksForACertificateThatItKnows) {
  MakeCertificate("node");  // signs itself, so it is its own authority
  MakeCertificate("other");
  std::ofstream(files_ / "c.yml")
      << "listen:\n  tls: {certificate_file: " << (files_ / "server.pem")
      << ", key_file: " << (files_ / "server.key")
      << ", client_ca_file: " << (files_ / "node.pem")
      << "}\nadmin: {address: ''}\n"
      << "auth:\n  clients: [{name: node, certificate_name: localhost, "
         "roles: [lookup]}]\n";
  const auto daemon = Start();
  const auto with = [&](const std::string& name) {
    return Client(
        *Connect(address_, {.tls = true,
                            .ca_file = files_ / "first.pem",
                            .certificate_file = files_ / (name + ".pem"),
                            .key_file = files_ / (name + ".key")}),
        {.timeout = absl::Seconds(10)});
  };
  const v1::Indicator domain = DomainIndicator("a.example.com");
  EXPECT_EQ(with("node").Lookup(domain).status(), absl::OkStatus());
  EXPECT_TRUE(absl::IsUnavailable(with("other").Lookup(domain).status()));
  EXPECT_TRUE(absl::IsUnavailable(NewClient("").Lookup(domain).status()));
}

TEST_F(SecuredTest, AClientKeepsToItsLookupsAndItsShareOfTheQuota) {
  Write(HashOf(kNode), "lookups_per_minute: 5, requests_per_day: 2");
  const auto daemon = Start();
  const Client node = NewClient(kNode);
  ASSERT_TRUE(node.Lookup(DomainIndicator("a.com")).ok());
  ASSERT_TRUE(node.Lookup(DomainIndicator("b.com")).ok());
  const absl::Status share = node.Lookup(DomainIndicator("c.com")).status();
  EXPECT_TRUE(absl::IsResourceExhausted(share)) << share;
  EXPECT_THAT(std::string(share.message()), HasSubstr("share of 2 requests"));
  EXPECT_TRUE(node.Lookup(DomainIndicator("a.com")).ok());  // a hit costs none
  EXPECT_TRUE(NewClient(kOperator).Lookup(DomainIndicator("c.com")).ok());
  EXPECT_TRUE(node.Lookup(DomainIndicator("c.com")).ok());
  const absl::Status rate = node.Lookup(DomainIndicator("a.com")).status();
  EXPECT_TRUE(absl::IsResourceExhausted(rate)) << rate;
  EXPECT_THAT(std::string(rate.message()), HasSubstr("5 lookups in a minute"));
}

TEST_F(AdminTest, ASecondDaemonDoesNotTakeTheSocketOfTheFirst) {
  DaemonProgram first(sim_, dir_.path());
  const TempDir other;
  DaemonProgram second(sim_, other.path(),
                       {"--admin.address=unix:" + dir_.path() + "/admin.sock"});
  EXPECT_THAT(second.Errors(), HasSubstr("another process serves it"));
  ASSERT_TRUE(second.NewClient().Lookup(DomainIndicator("a.com")).ok());
  EXPECT_TRUE(Admin(Socket()).Entries().empty());  // of the first
}

}  // namespace
}  // namespace vtlookup
