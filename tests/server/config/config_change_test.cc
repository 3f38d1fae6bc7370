#include "server/config/config_change.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/clients/authorizer.h"
#include "server/config/load.h"

namespace vtlookup {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

v1::Config With(const ConfigFlags& flags) {
  const auto config = LoadConfig(std::nullopt, flags);
  EXPECT_TRUE(config.ok()) << config.status();
  return *config;
}

TEST(Reload, TellsWhatChangesNowAndWhatWaits) {
  const v1::Config before = With({});
  EXPECT_THAT(ChangeOf(before, before).live, IsEmpty());
  const v1::Config after = With({{"cache.ttl.missing", "5m"},
                                 {"privacy.internal_domains", "corp.com"},
                                 {"virustotal.quota.per_day", "9"},
                                 {"log.level", "debug"},
                                 {"cache.path", "/elsewhere"},
                                 {"limits.max_batch", "5"}});
  const ConfigChange change = ChangeOf(before, after);
  EXPECT_THAT(change.live,
              ElementsAre("cache.ttl.missing", "virustotal.quota.per_day",
                          "log.level", "privacy.internal_domains"));
  EXPECT_THAT(change.restart, ElementsAre("cache.path", "limits.max_batch"));
  const v1::Config merged = WithLiveParts(before, after);
  EXPECT_EQ(merged.cache().ttl().missing().seconds(), 300);
  EXPECT_EQ(merged.privacy().internal_domains(0), "corp.com");
  EXPECT_EQ(merged.cache().path(), before.cache().path());
  // The next reload still reports what waits for a restart.
  EXPECT_THAT(ChangeOf(merged, after).live, IsEmpty());
  EXPECT_THAT(ChangeOf(merged, after).restart,
              ElementsAre("cache.path", "limits.max_batch"));
}

TEST(Reload, OtherKeysNeedARestartButTheSameOnesMayGetOtherLimits) {
  v1::Config before = With({});
  before.mutable_virustotal()->add_keys()->set_name("a");
  v1::Config limits = before;
  limits.mutable_virustotal()->mutable_keys(0)->mutable_quota()->set_per_day(7);
  EXPECT_THAT(ChangeOf(before, limits).live, ElementsAre("virustotal.keys"));
  v1::Config more = limits;
  more.mutable_virustotal()->add_keys()->set_name("b");
  EXPECT_THAT(ChangeOf(before, more).restart, ElementsAre("virustotal.keys"));
  v1::Config tls = before;
  tls.mutable_listen()->mutable_tls()->set_certificate_file("/c");
  EXPECT_THAT(ChangeOf(before, tls).restart,
              ElementsAre("listen.tls.certificate_file"));
  EXPECT_EQ(WithLiveParts(before, tls).listen().tls().certificate_file(), "");
}

TEST(LookupAllowance, FillsUpInAMinuteAndABatchIsMadeUpFor) {
  LookupAllowance allowance;
  absl::Duration now = absl::Hours(1000);
  const auto take = [&](size_t count) {
    return allowance.Take(60, count, now);
  };
  EXPECT_EQ(take(59), absl::ZeroDuration());
  EXPECT_EQ(take(100), absl::ZeroDuration());  // one was left
  EXPECT_EQ(take(1), absl::Seconds(100));
  now += absl::Seconds(99);
  EXPECT_EQ(take(1), absl::Seconds(1));
  now += absl::Seconds(1);
  EXPECT_EQ(take(1), absl::ZeroDuration());
  now += absl::Hours(1);  // no more than a minute's worth
  EXPECT_EQ(take(60), absl::ZeroDuration());
  EXPECT_GT(take(1), absl::ZeroDuration());
}

}  // namespace
}  // namespace vtlookup
