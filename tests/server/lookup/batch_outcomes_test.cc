#include "server/lookup/batch_outcomes.h"

#include <gmock/gmock.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/failure.h"
#include "tests/fakes/fake_tier.h"
#include "tests/fakes/manual_executor.h"
#include "tests/fakes/unasked_upstream.h"
#include "tests/server/verdicts/entry_helpers.h"

namespace vtlookup {
namespace {

using testing::ElementsAre;

constexpr absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

class BatchOutcomesTest : public testing::Test {
 protected:
  void Cache1000Bytes(const char* domain) {
    v1::Verdict verdict = VerdictWith(ResponseCode::kPresent);
    verdict.mutable_domain()->set_whois(std::string(1000, 'w'));
    const Indicator indicator = *Indicator::Parse(Kind::kDomain, domain);
    cache_.Put(indicator.key(), FreshEntry(ValueOf(verdict), kNow));
    // The first lookup asks the privacy rules, so it is not one in memory.
    (void)fast_path_.Try({Kind::kDomain, domain}, Want(), kNow);
  }

  // Answers the misses, which are from VirusTotal then.
  static void Settle(BatchOutcomes* outcomes) {
    for (BatchOutcomes::Outcome& each : outcomes->all()) {
      const auto* miss = std::get_if<Miss>(&each);
      if (miss == nullptr) continue;
      each = Answer{.kind = miss->indicator.kind(),
                    .indicator = std::string(miss->indicator.text()),
                    .entry = FreshEntry(ValueOf(ResponseCode::kMissing), kNow),
                    .source = v1::SOURCE_VIRUSTOTAL};
    }
  }

  // What the reply says of each item: its source, or the reason of its failure.
  static std::vector<std::string> Said(BatchOutcomes* outcomes) {
    grpc::ByteBuffer bytes = outcomes->TakeReply();
    v1::BatchLookupResponse reply;
    EXPECT_TRUE(grpc::SerializationTraits<v1::BatchLookupResponse>::Deserialize(
                    &bytes, &reply)
                    .ok());
    std::vector<std::string> said;
    for (const v1::LookupResult& result : reply.results()) {
      if (result.has_error()) {
        said.push_back(result.error().message());
      } else {
        const v1::Indicator& indicator =
            result.response().verdict().indicator();
        said.push_back(std::string(RawIndicatorOf(indicator).text) + " from " +
                       std::string(SourceName(result.response().source())));
      }
    }
    return said;
  }

  UnaskedUpstream upstream_;
  Cache cache_{{.memory_bytes = 1 << 20, .max_pending_bytes = 1 << 20},
               std::make_unique<FakeTier>(std::make_shared<FakeTier::Disk>()),
               std::make_unique<ManualExecutor>(
                   std::make_shared<ManualExecutor::Queue>())};
  PrivacyGate privacy_{{}};
  RawReports raws_{{}, nullptr, nullptr};
  FastPath fast_path_{{}, cache_, raws_, upstream_, privacy_};
};

TEST_F(BatchOutcomesTest, TheReplyHasTheOrderOfTheRequest) {
  for (const char* domain : {"a.com", "b.com", "d.com"}) Cache1000Bytes(domain);
  const std::vector<RawIndicator> asked = {
      {Kind::kDomain, "a.com"}, {Kind::kDomain, "b.com"},
      {Kind::kDomain, "c.com"}, {Kind::kIp, "300.1.1.1"},
      {Kind::kDomain, "d.com"}, {Kind::kDomain, ""},
      {Kind::kDomain, "a.com"}};
  BatchOutcomes outcomes(v1::VIEW_FULL, 1 << 20);
  EXPECT_EQ(outcomes.Try(asked, Want(), kNow, fast_path_), 7);
  EXPECT_EQ(outcomes.misses(), 1);
  EXPECT_EQ(outcomes.tally().count(), 4);
  Settle(&outcomes);
  EXPECT_THAT(
      Said(&outcomes),
      ElementsAre("a.com from memory", "b.com from memory",
                  "c.com from virustotal", "300.1.1.1 from local",
                  "d.com from memory", testing::HasSubstr("indicators[5]"),
                  "a.com from memory"));
}

TEST_F(BatchOutcomesTest, GoesOnWhereItStopped) {
  for (const char* domain : {"a.com", "b.com"}) Cache1000Bytes(domain);
  const std::vector<RawIndicator> asked = {{Kind::kDomain, "a.com"},
                                           {Kind::kDomain, "bücher.de"},
                                           {Kind::kDomain, "müller.de"},
                                           {Kind::kDomain, "b.com"}};
  BatchOutcomes outcomes(v1::VIEW_FULL, 1 << 20);
  const size_t next = outcomes.Try(asked, Want(), kNow, fast_path_, 0, 1);
  EXPECT_EQ(next, 2);
  EXPECT_EQ(outcomes.Try(asked, Want(), kNow, fast_path_, next), 4);
  EXPECT_EQ(outcomes.misses(), 2);
  Settle(&outcomes);
  EXPECT_THAT(
      Said(&outcomes),
      ElementsAre("a.com from memory", "xn--bcher-kva.de from virustotal",
                  "xn--mller-kva.de from virustotal", "b.com from memory"));
}

TEST_F(BatchOutcomesTest, WhatDoesNotFitIntoTheReplyFails) {
  for (const char* domain : {"a.com", "b.com"}) Cache1000Bytes(domain);
  const std::vector<RawIndicator> asked = {{Kind::kDomain, "a.com"},
                                           {Kind::kDomain, "b.com"},
                                           {Kind::kDomain, "c.com"}};
  const auto said = [&](v1::View view, uint64_t max_bytes) {
    BatchOutcomes outcomes(view, max_bytes);
    outcomes.Try(asked, Want(), kNow, fast_path_);
    Settle(&outcomes);
    return Said(&outcomes);
  };
  // Two of the three have a thousand bytes. A later one that is small fits.
  EXPECT_THAT(said(v1::VIEW_FULL, 1500),
              ElementsAre("a.com from memory", testing::HasSubstr("1500"),
                          "c.com from virustotal"));
  EXPECT_THAT(said(v1::VIEW_FULL, 2500),
              ElementsAre("a.com from memory", "b.com from memory",
                          "c.com from virustotal"));
  // The summaries are small.
  EXPECT_THAT(said(v1::VIEW_SUMMARY, 1500),
              ElementsAre("a.com from memory", "b.com from memory",
                          "c.com from virustotal"));
  EXPECT_THAT(said(v1::VIEW_SUMMARY, 0), testing::SizeIs(3));
}

}  // namespace
}  // namespace vtlookup
