#include "vtlookup/fake_daemon.h"

#include <gtest/gtest.h>

#include "tests/client/vtlookup/verdict_helpers.h"
#include "vtlookup/client.h"

namespace vtlookup {
namespace {

TEST(FakeDaemon, SaysWhatItWasTold) {
  FakeDaemon daemon;
  daemon.Answer(Domain("evil.com"), Verdict(1, 5));
  daemon.Fail(Domain("slow.com"), {grpc::StatusCode::RESOURCE_EXHAUSTED, "no"});
  const Client client(daemon.Connect());
  EXPECT_EQ(client.Lookup(Domain("evil.com"))->verdict().positives(), 5);
  EXPECT_EQ(client.Lookup(Domain("other.com"))->verdict().response_code(), 0);
  EXPECT_TRUE(
      absl::IsResourceExhausted(client.Lookup(Domain("slow.com")).status()));
  const auto batch =
      client.BatchLookup({Domain("slow.com"), Domain("evil.com")});
  EXPECT_EQ(batch->results(0).error().code(), 8);
  EXPECT_EQ(batch->results(1).response().verdict().positives(), 5);
  EXPECT_EQ(daemon.asked(Domain("evil.com")), 2);
  EXPECT_EQ(client.SubmitUrl("http://a.com/")->response_code(), 0);
}

}  // namespace
}  // namespace vtlookup
