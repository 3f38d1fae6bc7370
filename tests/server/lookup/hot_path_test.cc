// Tests the cost of a cached batch, in allocations instead of seconds, and that
// its answers are equal to those that are built in the ordinary way.

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "server/lookup/batch_outcomes.h"
#include "server/lookup/read_request.h"
#include "server/proto/times.h"
#include "server/verdicts/stored_verdict.h"
#include "tests/fakes/allocations.h"
#include "tests/fakes/fake_tier.h"
#include "tests/fakes/manual_executor.h"
#include "tests/fakes/unasked_upstream.h"

namespace vtlookup {
namespace {

constexpr absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

class HotPathTest : public testing::Test {
 protected:
  static std::string NameOf(int i) {
    return "host" + std::to_string(i) + ".example.com";
  }
  static v1::Verdict VerdictOf(int i) {
    v1::Verdict verdict;
    verdict.set_response_code(1);
    verdict.set_positives(static_cast<uint32_t>(i));
    verdict.set_total(70);
    verdict.mutable_domain()->set_whois("registered by nobody in particular");
    return verdict;
  }
  void Fill(int count) {
    for (int i = 0; i < count; ++i) {
      cache_.Put(Indicator::Parse(Kind::kDomain, NameOf(i))->key(),
                 {std::make_shared<const std::string>(
                      StoredVerdict::Encode(VerdictOf(i), 0, false)),
                  kNow, kNow + absl::Hours(1), kNow + absl::Hours(2)});
    }
  }
  static grpc::ByteBuffer RequestFor(int count) {
    v1::BatchLookupRequest request;
    for (int i = 0; i < count; ++i) {
      request.add_indicators()->set_domain(NameOf(i));
    }
    const grpc::Slice bytes(request.SerializeAsString());
    return {&bytes, 1};
  }
  grpc::ByteBuffer Answer(const grpc::ByteBuffer& request, v1::View view) {
    LookupBatch asked;
    EXPECT_TRUE(ReadBatch(request, &asked).ok());
    BatchOutcomes outcomes(view, 64U << 20);
    outcomes.Try(asked.indicators, Want(), kNow, front_);
    in_memory_ = outcomes.tally().count();
    return outcomes.TakeReply();
  }
  uint64_t AllocationsOf(int count) {
    const grpc::ByteBuffer request = RequestFor(count);
    const uint64_t before = Allocations();
    Answer(request, v1::VIEW_SUMMARY);
    return Allocations() - before;
  }

  UnaskedUpstream upstream_;
  Cache cache_{{.memory_bytes = 16 << 20,
                .hot_size = StoredVerdict::SizeOfSummary,
                .max_pending_bytes = 16 << 20},
               std::make_unique<FakeTier>(std::make_shared<FakeTier::Disk>()),
               std::make_unique<ManualExecutor>(
                   std::make_shared<ManualExecutor::Queue>())};
  PrivacyGate privacy_{{}};
  RawReports raws_{{}, nullptr, nullptr};
  FastPath front_{{}, cache_, raws_, upstream_, privacy_};
  uint64_t in_memory_ = 0;
};

TEST_F(HotPathTest, ACachedItemOfABatchAllocatesNothing) {
#ifdef VTLOOKUP_SANITIZED
  constexpr bool kCounted = false;
#else
  constexpr bool kCounted = true;
#endif
  Fill(1000);
  Answer(RequestFor(1000), v1::VIEW_SUMMARY);  // the privacy rules are asked
  EXPECT_EQ(in_memory_, 0);
  const uint64_t few = AllocationsOf(10);
  const uint64_t many = AllocationsOf(1000);
  EXPECT_EQ(in_memory_, 1000);
  // Only the list of the indicators grows, by doubling.
  if (kCounted) {
    EXPECT_GT(few, 0);
    EXPECT_LE(many, few + 10);
  }
}

TEST_F(HotPathTest, TheAnswersAreThoseOfTheLongWay) {
  Fill(100);
  const grpc::ByteBuffer request = RequestFor(101);  // the last is not cached
  for (const v1::View view : {v1::VIEW_SUMMARY, v1::VIEW_FULL}) {
    Answer(request, view);
    for (int again = 0; again < 2; ++again) {
      grpc::ByteBuffer reply = Answer(request, view);
      v1::BatchLookupResponse response;
      ASSERT_TRUE(
          grpc::SerializationTraits<v1::BatchLookupResponse>::Deserialize(
              &reply, &response)
              .ok());
      EXPECT_EQ(in_memory_, 100);
      ASSERT_EQ(response.results_size(), 100) << "a miss is nothing yet";
      for (int i = 0; i < 100; ++i) {
        v1::LookupResponse expected;
        *expected.mutable_verdict() = VerdictOf(i);
        if (view == v1::VIEW_SUMMARY) {
          expected.mutable_verdict()->mutable_domain()->clear_whois();
        }
        expected.mutable_verdict()->mutable_indicator()->set_domain(NameOf(i));
        expected.set_source(v1::SOURCE_MEMORY);
        SetTimestamp(kNow, expected.mutable_fetch_time());
        SetTimestamp(kNow + absl::Hours(1), expected.mutable_expire_time());
        EXPECT_EQ(response.results(i).response().DebugString(),
                  expected.DebugString());
      }
    }
  }
}

TEST_F(HotPathTest, ChangedPrivacyRulesAreAskedAgain) {
  Fill(1);
  Answer(RequestFor(1), v1::VIEW_SUMMARY);
  Answer(RequestFor(1), v1::VIEW_SUMMARY);
  EXPECT_EQ(in_memory_, 1);
  v1::PrivacyConfig rules;
  rules.add_internal_domains("example.com");
  privacy_.Replace(rules);
  grpc::ByteBuffer reply = Answer(RequestFor(1), v1::VIEW_SUMMARY);
  v1::BatchLookupResponse response;
  ASSERT_TRUE(grpc::SerializationTraits<v1::BatchLookupResponse>::Deserialize(
                  &reply, &response)
                  .ok());
  EXPECT_EQ(in_memory_, 0);
  EXPECT_EQ(response.results(0).response().verdict().response_code(), -1);
}

TEST_F(HotPathTest, AnotherSpellingFindsTheSame) {
  Fill(1);
  Answer(RequestFor(1), v1::VIEW_SUMMARY);
  const auto outcome =
      front_.Try({Kind::kDomain, "HOST0.Example.com."}, Want(), kNow);
  ASSERT_TRUE(std::holds_alternative<vtlookup::Answer>(outcome));
  EXPECT_EQ(std::get<vtlookup::Answer>(outcome).indicator, NameOf(0));
}

TEST(ReadRequest, TheLastOfSeveralValuesCounts) {
  // An indicator with a URL, then a domain; an unknown field before.
  const std::string bytes(
      "\x78\x01"
      "\x0a\x08"
      "\x0a\x01u"
      "\x12\x03"
      "d.c",
      12);
  const grpc::Slice slice(bytes);
  LookupBatch asked;
  ASSERT_TRUE(ReadLookup(grpc::ByteBuffer(&slice, 1), &asked).ok());
  v1::LookupRequest same;
  ASSERT_TRUE(same.ParseFromString(bytes));
  EXPECT_EQ(asked.indicators.front().kind, Kind::kDomain);
  EXPECT_EQ(asked.indicators.front().text, same.indicator().domain());
}

TEST(ReadRequest, WhatProtobufRefusesIsRefused) {
  for (const std::string& bytes :
       {std::string("\x0a\x7f"), std::string("\x0a"),
        std::string("\x0a\x02\x0a\x05"), std::string("\x0f"),
        std::string("\x12\x02\x08")}) {
    const grpc::Slice slice(bytes);
    LookupBatch asked;
    v1::LookupRequest same;
    EXPECT_FALSE(same.ParseFromString(bytes));
    EXPECT_FALSE(ReadLookup(grpc::ByteBuffer(&slice, 1), &asked).ok());
  }
}

TEST(ReadRequest, ABatchInManyPiecesIsOne) {
  v1::BatchLookupRequest request;
  for (int i = 0; i < 50; ++i) {
    request.add_indicators()->set_url("http://a.com/" + std::to_string(i));
  }
  request.mutable_options()->set_view(v1::VIEW_SUMMARY);
  const std::string bytes = request.SerializeAsString();
  std::vector<grpc::Slice> slices;
  for (size_t at = 0; at < bytes.size(); at += 7) {
    slices.emplace_back(bytes.substr(at, 7));
  }
  LookupBatch asked;
  ASSERT_TRUE(
      ReadBatch(grpc::ByteBuffer(slices.data(), slices.size()), &asked).ok());
  ASSERT_EQ(asked.indicators.size(), 50);
  EXPECT_EQ(asked.indicators[49].text, "http://a.com/49");
  EXPECT_EQ(asked.options.view(), v1::VIEW_SUMMARY);
}

TEST(ReadRequest, AStreamsItemHasItsId) {
  v1::StreamLookupRequest request;
  request.set_request_id(uint64_t{1} << 63);
  request.mutable_indicator()->set_ip("8.8.8.8");
  const grpc::Slice slice(request.SerializeAsString());
  LookupBatch asked;
  ASSERT_TRUE(ReadStreamItems(grpc::ByteBuffer(&slice, 1), &asked).ok());
  EXPECT_FALSE(asked.several);
  EXPECT_EQ(asked.request_ids, std::vector{uint64_t{1} << 63});
  EXPECT_EQ(asked.indicators.front().kind, Kind::kIp);
}

TEST(ReadRequest, AStreamsItemsAreReadWithTheOneBesideThem) {
  v1::StreamLookupRequest request;
  for (const uint64_t id : {7U, 8U}) {
    v1::StreamLookupRequest::Item& item = *request.add_items();
    item.set_request_id(id);
    item.mutable_indicator()->set_domain("a.com");
  }
  request.set_request_id(9);
  const auto ids_of = [](const v1::StreamLookupRequest& message) {
    const grpc::Slice slice(message.SerializeAsString());
    LookupBatch asked;
    EXPECT_TRUE(ReadStreamItems(grpc::ByteBuffer(&slice, 1), &asked).ok());
    EXPECT_TRUE(asked.several);
    EXPECT_EQ(asked.indicators.size(), asked.request_ids.size());
    EXPECT_EQ(asked.indicators.front().text, "a.com");
    return asked.request_ids;
  };
  EXPECT_EQ(ids_of(request), (std::vector<uint64_t>{7, 8}));
  request.mutable_indicator()->set_ip("8.8.8.8");
  EXPECT_EQ(ids_of(request), (std::vector<uint64_t>{7, 8, 9}));
}

}  // namespace
}  // namespace vtlookup
