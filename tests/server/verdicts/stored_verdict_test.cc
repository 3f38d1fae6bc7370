#include "server/verdicts/stored_verdict.h"

#include <gtest/gtest.h>

#include <google/protobuf/util/message_differencer.h>

#include "tests/server/verdicts/sample_verdicts.h"

namespace vtlookup {
namespace {

using google::protobuf::util::MessageDifferencer;

TEST(StoredVerdict, ComesBackWhole) {
  for (const v1::Verdict& verdict : SampleVerdicts()) {
    const std::string value = StoredVerdict::Encode(verdict, 0, false);
    EXPECT_TRUE(MessageDifferencer::Equals(DecodeVerdict(value), verdict))
        << verdict.DebugString();
  }
}

TEST(StoredVerdict, ItsPrefixIsTheSummary) {
  for (const v1::Verdict& verdict : SampleVerdicts()) {
    const std::string value = StoredVerdict::Encode(verdict, 0, false);
    const auto head = StoredVerdict::Peek(value);
    ASSERT_TRUE(head.ok());
    v1::Verdict summary;
    ASSERT_TRUE(summary.ParseFromString(
        value.substr(StoredVerdict::kHeader, head->summary_size)));
    EXPECT_TRUE(MessageDifferencer::Equals(summary, SummaryOf(verdict)))
        << summary.DebugString();
  }
}

TEST(StoredVerdict, HeaderTellsCodeAndPolls) {
  for (const int code : {1, 0, -1, -2}) {
    v1::Verdict verdict;
    verdict.set_response_code(code);
    const auto head =
        StoredVerdict::Peek(StoredVerdict::Encode(verdict, 3, true));
    EXPECT_EQ(head->response_code, code);
    EXPECT_EQ(head->polls, 3);
    EXPECT_TRUE(head->asked_to_scan);
  }
  EXPECT_EQ(StoredVerdict::Peek(StoredVerdict::Encode({}, 1000, false))->polls,
            255);
}

TEST(StoredVerdict, TheIndicatorIsNotStored) {
  v1::Verdict verdict;
  verdict.set_response_code(0);
  const std::string without = StoredVerdict::Encode(verdict, 0, false);
  verdict.mutable_indicator()->set_domain("a.com");
  EXPECT_EQ(StoredVerdict::Encode(verdict, 0, false), without);
}

TEST(StoredVerdict, RefusesWhatItDidNotWrite) {
  EXPECT_FALSE(StoredVerdict::Peek("").ok());
  EXPECT_FALSE(StoredVerdict::Peek("short").ok());
  std::string value = StoredVerdict::Encode({}, 0, false);
  for (const auto& [at, byte] :
       {std::pair(0, 2), std::pair(1, 5), std::pair(1, -3), std::pair(7, 1)}) {
    std::string bad = value;
    bad[static_cast<size_t>(at)] = static_cast<char>(byte);
    EXPECT_FALSE(StoredVerdict::Peek(bad).ok()) << at;
  }
}

TEST(StoredVerdict, TellsWhenAScanWasRequested) {
  v1::Verdict verdict;
  verdict.set_response_code(-2);
  EXPECT_EQ(SubmissionOf(StoredVerdict::Encode(verdict, 1, false)),
            std::nullopt);
  verdict.set_scan_id(std::string(64, 'a') + "-1700000000");
  EXPECT_EQ(SubmissionOf(StoredVerdict::Encode(verdict, 1, false)),
            absl::FromUnixSeconds(1700000000));
  verdict.mutable_scan_time()->set_seconds(1600000000);
  EXPECT_EQ(SubmissionOf(StoredVerdict::Encode(verdict, 1, false)),
            absl::FromUnixSeconds(1600000000));
  verdict.clear_scan_time();
  verdict.set_scan_id("without a time");
  EXPECT_EQ(SubmissionOf(StoredVerdict::Encode(verdict, 1, false)),
            std::nullopt);
}

}  // namespace
}  // namespace vtlookup
