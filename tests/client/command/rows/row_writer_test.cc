// What is written of rows whose lookups are over, and what is counted.

#include "client/command/rows/row_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "tests/client/rows/rows_helpers.h"
#include "vtlookup/fake_daemon.h"

namespace vtlookup {
namespace {

using testing::HasSubstr;
using testing::internal::CaptureStderr;
using testing::internal::CaptureStdout;
using testing::internal::GetCapturedStderr;
using testing::internal::GetCapturedStdout;
using OnError = EnrichOptions::OnError;

std::shared_ptr<RowAnswer> Answer(std::string added, std::string failure = "") {
  auto answer = std::make_shared<RowAnswer>();
  answer->added = std::move(added);
  answer->failure = std::move(failure);
  answer->cached = true;
  answer->done = true;
  return answer;
}

RowPlan LookedUp(std::shared_ptr<RowAnswer> answer) {
  RowPlan plan;
  plan.answers.push_back(std::move(answer));
  return plan;
}

RowPlan Faulty(std::string fault) {
  RowPlan plan;
  plan.fault = std::move(fault);
  return plan;
}

class RowWriterTest : public testing::Test {
 protected:
  RowWriterTest() { rows_.chunk = std::make_shared<Chunk>(); }

  void Add(std::string_view text, RowPlan plan) {
    rows_.chunk->file = "in.json";
    rows_.chunk->records.push_back({.text = text,
                                    .line_break = "\n",
                                    .line = rows_.chunk->records.size() + 1});
    rows_.plans.push_back(std::move(plan));
  }

  // What is written to standard output; `may_go_on_` is what Write returned.
  std::string Write(OnError on_error) {
    std::FILE* const rejects = std::tmpfile();
    RowWriter writer(on_error, *format_, {&answers_, &answers_}, rejects,
                     progress_, interrupted_);
    CaptureStdout();
    CaptureStderr();
    may_go_on_ = writer.Write(rows_);
    said_ = GetCapturedStderr();
    std::string out = GetCapturedStdout();
    status_ = writer.status();
    rejected_.resize(static_cast<size_t>(std::ftell(rejects)));
    std::rewind(rejects);
    EXPECT_EQ(std::fread(rejected_.data(), 1, rejected_.size(), rejects),
              rejected_.size());
    std::fclose(rejects);
    return out;
  }

  FakeDaemon daemon_;
  std::unique_ptr<RowFormat> format_ = JsonRows({{"f", kOwn}});
  RowAnswers answers_{Client(daemon_.Connect()),
                      v1::DNIF_LOOKUP_GET_DOMAIN_REPORT,
                      {},
                      *format_};
  Progress progress_{/*summary=*/false, /*bar=*/false};
  PlannedRows rows_;
  std::atomic<bool> interrupted_ = false;
  bool may_go_on_ = false;
  absl::Status status_;
  std::string said_;
  std::string rejected_;
};

TEST_F(RowWriterTest, WritesEachRowInItsOrder) {
  Add(R"({"f":"a"})", LookedUp(Answer(R"(,"$VTURL":"u")")));
  Add("", {});
  Add(R"({"g": 1})", {});
  EXPECT_EQ(Write(OnError::kKeep),
            "{\"f\":\"a\",\"$VTURL\":\"u\"}\n\n{\"g\": 1}\n");
  EXPECT_TRUE(may_go_on_);
  EXPECT_TRUE(status_.ok());
  EXPECT_EQ(progress_.failures(), 0);
}

TEST_F(RowWriterTest, RejectsWhatIsNoRow) {
  Add("nonsense", Faulty("not JSON"));
  Add(R"({"g":1})", {});
  EXPECT_EQ(Write(OnError::kFail), "{\"g\":1}\n");
  EXPECT_TRUE(may_go_on_) << "it is no failed lookup";
  EXPECT_EQ(rejected_, "nonsense\n");
  EXPECT_EQ(said_, "vtlookup: in.json:1: not JSON\n");
  EXPECT_EQ(progress_.failures(), 1);
}

TEST_F(RowWriterTest, AFailedRowIsKeptDroppedOrTheEnd) {
  Add(R"({"f":"a"})", LookedUp(Answer(R"(,"$VTError":"no")", R"("no")")));
  Add(R"({"g":1})", {});
  EXPECT_EQ(Write(OnError::kKeep),
            "{\"f\":\"a\",\"$VTError\":\"no\"}\n{\"g\":1}\n");
  EXPECT_EQ(Write(OnError::kDrop), "{\"g\":1}\n");
  EXPECT_TRUE(may_go_on_);
  EXPECT_EQ(Write(OnError::kFail), "");
  EXPECT_FALSE(may_go_on_);
  EXPECT_TRUE(absl::IsAborted(status_));
  EXPECT_EQ(status_.message(), "in.json:1: \"no\"");
  EXPECT_EQ(progress_.failures(), 3);
}

TEST_F(RowWriterTest, WhatCameBeforeTheFailureIsWritten) {
  Add(R"({"g":1})", {});
  Add(R"({"f":"a"})", LookedUp(Answer("", R"("no")")));
  EXPECT_EQ(Write(OnError::kFail), "{\"g\":1}\n");
  EXPECT_FALSE(may_go_on_);
}

TEST_F(RowWriterTest, TheHeaderComesFirstAndOnce) {
  const auto csv = CsvRows({{"f", kOwn}});
  csv->BeginFile(false);
  ASSERT_TRUE(csv->TakeHead("f", "\n").ok());
  Add("a", {});
  RowWriter writer(OnError::kKeep, *csv, {&answers_}, stderr, progress_,
                   interrupted_);
  CaptureStdout();
  EXPECT_TRUE(writer.Write(rows_));
  EXPECT_TRUE(writer.Write(rows_));
  EXPECT_EQ(GetCapturedStdout(), "f,$VTURL,$VTPositive,$VTError\na,,,\na,,,\n");
}

TEST_F(RowWriterTest, TheHeaderIsWrittenWithoutRows) {
  const auto csv = CsvRows({{"f", kOwn}});
  csv->BeginFile(false);
  ASSERT_TRUE(csv->TakeHead("f", "\r\n").ok());
  RowWriter writer(OnError::kKeep, *csv, {&answers_}, stderr, progress_,
                   interrupted_);
  CaptureStdout();
  EXPECT_TRUE(writer.End());
  EXPECT_EQ(GetCapturedStdout(), "f,$VTURL,$VTPositive,$VTError\r\n");
}

TEST_F(RowWriterTest, ALastRowWithoutALineBreakGetsTheUsualOne) {
  Add(R"({"g":1})", {});
  rows_.chunk->records.back().line_break = "\r\n";
  Add(R"({"g":2})", {});
  rows_.chunk->records.back().line_break = "";
  EXPECT_EQ(Write(OnError::kKeep), "{\"g\":1}\r\n{\"g\":2}\r\n");
}

TEST_F(RowWriterTest, ARunThatGoesOnWritesNoHeader) {
  const auto csv = CsvRows({{"f", kOwn}});
  csv->BeginFile(false);
  ASSERT_TRUE(csv->TakeHead("f", "\n").ok());
  Add("a", {});
  RowWriter writer(OnError::kKeep, *csv, {&answers_}, stderr, progress_,
                   interrupted_);
  writer.LeaveHeadOut();
  CaptureStdout();
  EXPECT_TRUE(writer.Write(rows_));
  EXPECT_TRUE(writer.End());
  EXPECT_EQ(GetCapturedStdout(), "a,,,\n");
  EXPECT_EQ(writer.done(), 1U);
}

TEST_F(RowWriterTest, AnInterruptEndsTheRunBeforeARowWithoutAnAnswer) {
  Add(R"({"g":1})", {});
  Add(R"({"f":"a"})", LookedUp(std::make_shared<RowAnswer>()));
  interrupted_ = true;
  EXPECT_EQ(Write(OnError::kKeep), "{\"g\":1}\n");
  EXPECT_FALSE(may_go_on_);
}

TEST_F(RowWriterTest, ARowOfSeveralLookupsIsOneRow) {
  OwnFields second = kOwn;
  second.suffix = "_g";
  format_ = JsonRows({{"f", kOwn}, {"g", second}});
  RowPlan plan = LookedUp(Answer(R"(,"$VTURL":"u")"));
  plan.answers.push_back(Answer(R"(,"$VTError_g":"no")", R"("no")"));
  Add(R"({"f":"a","g":"b"})", plan);
  EXPECT_EQ(Write(OnError::kKeep),
            R"({"f":"a","g":"b","$VTURL":"u","$VTError_g":"no"})"
            "\n");
  EXPECT_EQ(progress_.failures(), 1U);
  EXPECT_EQ(progress_.rows(), 1U);
  EXPECT_EQ(Write(OnError::kDrop), "");
}

// The lookup is real: the writer waits for it.
TEST_F(RowWriterTest, WaitsForAnAnswer) {
  const auto format = JsonRows({{"f", Own({"$VTResponseCode"})}});
  RowAnswers answers(Client(daemon_.Connect()),
                     v1::DNIF_LOOKUP_GET_DOMAIN_REPORT, {}, *format);
  Add(R"({"f":"a.com"})", LookedUp(answers.Find("a.com")));
  EXPECT_THAT(Write(OnError::kKeep), HasSubstr("$VT"));
  EXPECT_EQ(progress_.failures(), 0);
}

}  // namespace
}  // namespace vtlookup
