#include "server/clients/call_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "tests/fakes/fake_call.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/temp_dir.h"

namespace vtlookup {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kTrace[] =
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

class CallLogTest : public testing::Test {
 protected:
  CallLogTest() {
    v1::LogConfig config;
    config.set_audit_file(dir_ / "audit.log");
    config.set_audit_max(1 << 20);
    audit_ = *Audit::Open(config, clock_);
  }

  // What one call that ends adds to the log, which is standard output here.
  std::string End(CallLog& log, FakeCall& call, const Caller& caller,
                  const absl::Status& status = absl::OkStatus()) {
    testing::internal::CaptureStdout();
    log.Ended(CallOrigin(call.context()), "BatchLookup", caller, status,
              absl::Microseconds(1500));
    return testing::internal::GetCapturedStdout();
  }
  static Caller Named() {
    static Authorizer* const authorizer = [] {
      v1::AuthConfig config;
      v1::ClientConfig* const client = config.add_clients();
      client->set_name("soc");
      // Of "abc".
      client->set_token_sha256(
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
      client->add_roles(v1::ROLE_LOOKUP);
      return new Authorizer(config);
    }();
    FakeCall call{{"authorization", "Bearer abc"}};
    return *authorizer->Admit(CallOrigin(call.context()), v1::ROLE_LOOKUP);
  }

  const TempDir dir_;
  FakeClock clock_;
  std::unique_ptr<Audit> audit_;
};

TEST_F(CallLogTest, LogsOneCallInSoMany) {
  CallLog log(3, *audit_);
  FakeCall call;
  std::string pattern;
  for (int i = 0; i < 7; ++i) {
    pattern += End(log, call, Caller()).empty() ? '-' : 'x';
  }
  EXPECT_EQ(pattern, "x--x--x");
  log.SetRate(0);
  EXPECT_EQ(End(log, call, Caller()), "");
  log.SetRate(1);
  EXPECT_NE(End(log, call, Caller()), "");
  EXPECT_NE(End(log, call, Caller()), "");
}

TEST_F(CallLogTest, ALineSaysWhatWhoAndHowLong) {
  CallLog log(1, *audit_);
  FakeCall call{{"traceparent", kTrace}, {"authorization", "Bearer S3CRET"}};
  const std::string line =
      End(log, call, Named(), absl::NotFoundError("an indicator"));
  EXPECT_THAT(line,
              HasSubstr("[info] call BatchLookup: NOT_FOUND in 1.500 ms"));
  EXPECT_THAT(line, HasSubstr(", client soc, trace " + std::string(kTrace)));
  EXPECT_THAT(line, Not(HasSubstr("S3CRET")));
  EXPECT_THAT(line, Not(HasSubstr("an indicator")));

  FakeCall plain;
  const std::string short_line = End(log, plain, Caller());
  EXPECT_THAT(short_line, HasSubstr("OK in"));
  EXPECT_THAT(short_line, Not(HasSubstr("client")));
  EXPECT_THAT(short_line, Not(HasSubstr("trace")));
}

TEST_F(CallLogTest, ARefusedCallIsAudited) {
  CallLog log(0, *audit_);
  FakeCall call{{"traceparent", kTrace}};
  log.TurnedAway(CallOrigin(call.context()), "SubmitUrl", Named(),
                 absl::PermissionDeniedError("lacks the role submit"));
  std::ifstream in(dir_ / "audit.log");
  std::string line;
  ASSERT_TRUE(std::getline(in, line));
  auto written = nlohmann::json::parse(line);
  written.erase("time");
  EXPECT_EQ(written, nlohmann::json::parse(
                         R"({"event": "refused", "client": "soc",
                             "what": "SubmitUrl",
                             "outcome": "lacks the role submit",
                             "trace": ")" +
                         std::string(kTrace) + R"("})"));
}

}  // namespace
}  // namespace vtlookup
