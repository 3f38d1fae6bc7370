// How often values are looked up, against a daemon of tests.

#include "client/command/rows/answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/client/vtlookup/verdict_helpers.h"
#include "vtlookup/fake_daemon.h"

namespace vtlookup {
namespace {

using testing::HasSubstr;

class AnswersTest : public testing::Test {
 protected:
  std::unique_ptr<RowAnswers> Answers(
      v1::DnifLookup lookup = v1::DNIF_LOOKUP_GET_DOMAIN_REPORT) {
    return std::make_unique<RowAnswers>(Client(daemon_.Connect()), lookup,
                                        v1::LookupOptions(), *format_);
  }

  FakeDaemon daemon_;
  std::unique_ptr<RowFormat> format_ =
      JsonRows({{"f",
                 {.replaced = {},
                  .added = RowFieldNames(v1::DNIF_LOOKUP_GET_DOMAIN_REPORT)}}});
};

TEST_F(AnswersTest, AValueIsAskedOnceHoweverManyRowsHaveIt) {
  daemon_.Answer(Domain("a.com"), Verdict(1));
  const auto answers = Answers();
  const auto first = answers->Find("a.com");
  const auto second = answers->Find("a.com");
  EXPECT_EQ(first, second);
  EXPECT_TRUE(answers->Wait(*first, [] { return true; }));
  EXPECT_EQ(answers->Find("a.com"), first) << "it is remembered";
  answers->Find("b.com");
  answers->Finish();
  EXPECT_EQ(daemon_.asked(Domain("a.com")), 1);
  EXPECT_EQ(daemon_.asked(Domain("b.com")), 1);
}

TEST_F(AnswersTest, AnAnswerIsRenderedForItsRow) {
  daemon_.Answer(Domain("a.com"), Verdict(1));
  const auto answers = Answers();
  const auto answer = answers->Find("a.com");
  EXPECT_TRUE(answers->Wait(*answer, [] { return true; }));
  EXPECT_TRUE(answer->done);
  EXPECT_THAT(answer->added, HasSubstr(R"("$VTResponseCode":1)"));
  EXPECT_EQ(answer->failure, "");
  EXPECT_TRUE(answer->cached) << "the fake says that it is from memory";
}

TEST_F(AnswersTest, AFailureIsItsOnlyField) {
  daemon_.Fail(Domain("a.com"), {grpc::StatusCode::NOT_FOUND, "not cached"});
  const auto answers = Answers();
  const auto answer = answers->Find("a.com");
  EXPECT_TRUE(answers->Wait(*answer, [] { return true; }));
  EXPECT_EQ(answer->added, R"(,"$VTError":"NOT_FOUND: not cached")");
  EXPECT_EQ(answer->failure, R"("NOT_FOUND: not cached")");
  EXPECT_FALSE(answer->cached);
}

TEST_F(AnswersTest, AnEmptyValueIsAFailureWithoutACall) {
  const auto answers = Answers();
  const auto answer = answers->Find("");
  EXPECT_TRUE(answer->done);
  EXPECT_THAT(answer->failure, HasSubstr("INVALID_ARGUMENT"));
  EXPECT_EQ(daemon_.asked(Domain("")), 0);
}

// More than may be under way at once, and each only once: it costs quota.
TEST_F(AnswersTest, UrlsAreSubmittedOnce) {
  const auto answers = Answers(v1::DNIF_LOOKUP_POST_SCAN_URL);
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 100; ++i)
      answers->Find("http://a/" + std::to_string(i));
  }
  answers->Finish();
  for (int i = 0; i < 100; ++i) {
    v1::Indicator url;
    url.set_url("http://a/" + std::to_string(i));
    EXPECT_EQ(daemon_.asked(url), 1) << i;
  }
}

}  // namespace
}  // namespace vtlookup
