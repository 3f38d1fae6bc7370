#include "server/lookup/reply.h"

#include <google/protobuf/util/message_differencer.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "server/proto/times.h"
#include "server/transport/grpc_status.h"
#include "server/verdicts/stored_verdict.h"
#include "tests/server/verdicts/sample_verdicts.h"

namespace vtlookup {
namespace {

using google::protobuf::util::MessageDifferencer;

constexpr v1::Source kSources[] = {v1::SOURCE_MEMORY, v1::SOURCE_DISK,
                                   v1::SOURCE_SHARED, v1::SOURCE_VIRUSTOTAL,
                                   v1::SOURCE_LOCAL};

Answer AnswerOf(const v1::Verdict& verdict, v1::Source source, bool stale) {
  const absl::Time now = absl::FromUnixMicros(1700000000123456);
  return {.kind = Kind::kUrl,
          .indicator = "http://a.com/",
          .entry = {std::make_shared<const std::string>(
                        StoredVerdict::Encode(verdict, 0, false)),
                    now, now + absl::Hours(1), now + absl::Hours(2)},
          .source = source,
          .stale = stale};
}

// Returns the reply, built in the ordinary way with protobuf.
v1::LookupResponse Expected(const Answer& answer, v1::Verdict verdict) {
  v1::LookupResponse response;
  *response.mutable_verdict() = std::move(verdict);
  response.mutable_verdict()->mutable_indicator()->set_url(answer.indicator);
  response.set_source(answer.source);
  response.set_stale(answer.stale);
  if (answer.source != v1::SOURCE_LOCAL) {
    SetTimestamp(answer.entry.stored, response.mutable_fetch_time());
    SetTimestamp(answer.entry.fresh_until, response.mutable_expire_time());
  }
  return response;
}

template <typename Message>
Message Parse(grpc::ByteBuffer buffer) {
  Message message;
  EXPECT_TRUE(
      grpc::SerializationTraits<Message>::Deserialize(&buffer, &message).ok());
  return message;
}

TEST(Reply, IsTheMessageBuiltTheOrdinaryWay) {
  for (const v1::Verdict& verdict : SampleVerdicts()) {
    for (const v1::Source source : kSources) {
      for (const bool stale : {false, true}) {
        const Answer answer = AnswerOf(verdict, source, stale);
        const auto full =
            Parse<v1::LookupResponse>(MakeReply(ViewOf(answer), v1::VIEW_FULL));
        EXPECT_TRUE(MessageDifferencer::Equals(full, Expected(answer, verdict)))
            << full.DebugString();
        const auto summary = Parse<v1::LookupResponse>(
            MakeReply(ViewOf(answer), v1::VIEW_SUMMARY));
        EXPECT_TRUE(MessageDifferencer::Equals(
            summary, Expected(answer, SummaryOf(verdict))))
            << summary.DebugString();
      }
    }
  }
}

TEST(Reply, ABatchKeepsOrderAndFailures) {
  ReplyBuilder builder;
  v1::BatchLookupResponse expected;
  for (const v1::Verdict& verdict : SampleVerdicts()) {
    const Answer answer = AnswerOf(verdict, v1::SOURCE_MEMORY, false);
    AppendResult(ViewOf(answer), v1::VIEW_FULL, &builder);
    *expected.add_results()->mutable_response() = Expected(answer, verdict);
    const absl::Status failure = BadField("indicators[1]", "no indicator");
    AppendResult(failure, &builder);
    *expected.add_results()->mutable_error() = ToRpcStatus(failure);
  }
  EXPECT_TRUE(MessageDifferencer::Equals(
      Parse<v1::BatchLookupResponse>(builder.Build()), expected));
}

TEST(Reply, AStreamHasOneAnswerInAMessageOrSeveral) {
  ReplyBuilder joined;
  v1::StreamLookupResponse expected;
  uint64_t id = 0;
  const absl::Status failure = BadField("items[1]", "no indicator");
  for (const v1::Verdict& verdict : SampleVerdicts()) {
    const Answer answer = AnswerOf(verdict, v1::SOURCE_DISK, true);
    v1::StreamLookupResponse alone;
    alone.set_request_id(id);
    *alone.mutable_result()->mutable_response() = Expected(answer, verdict);
    ReplyBuilder one;
    AppendStreamAnswer(id, ViewOf(answer), v1::VIEW_FULL, false, &one);
    EXPECT_TRUE(MessageDifferencer::Equals(
        Parse<v1::StreamLookupResponse>(one.Build()), alone));

    AppendStreamAnswer(id, ViewOf(answer), v1::VIEW_FULL, true, &joined);
    AppendStreamAnswer(id + 1, failure, true, &joined);
    v1::StreamLookupResponse::Answer* const first = expected.add_answers();
    first->set_request_id(id);
    *first->mutable_result() = alone.result();
    v1::StreamLookupResponse::Answer* const second = expected.add_answers();
    second->set_request_id(id + 1);
    *second->mutable_result()->mutable_error() = ToRpcStatus(failure);
    id += uint64_t{1} << 60;
  }
  const size_t size = joined.size();
  const grpc::ByteBuffer reply = joined.Build();
  EXPECT_EQ(size, reply.Length());
  EXPECT_TRUE(MessageDifferencer::Equals(Parse<v1::StreamLookupResponse>(reply),
                                         expected));
}

TEST(Reply, AnEmptyBatchIsAMessageToo) {
  EXPECT_EQ(
      Parse<v1::BatchLookupResponse>(ReplyBuilder().Build()).results_size(), 0);
}

TEST(Reply, KeepsTheValueAliveAndLetsGoOfIt) {
  std::weak_ptr<const std::string> watch;
  {
    grpc::ByteBuffer reply;
    {
      v1::Verdict large;
      large.set_response_code(1);
      large.mutable_domain()->set_whois(std::string(100000, 'w'));
      const Answer answer = AnswerOf(large, v1::SOURCE_MEMORY, false);
      watch = answer.entry.value;
      reply = MakeReply(ViewOf(answer), v1::VIEW_FULL);
    }
    EXPECT_FALSE(watch.expired()) << "the reply shares the value";
    EXPECT_EQ(
        Parse<v1::LookupResponse>(reply).verdict().domain().whois().size(),
        100000);
  }
  EXPECT_TRUE(watch.expired()) << "and lets go of it";
}

}  // namespace
}  // namespace vtlookup
