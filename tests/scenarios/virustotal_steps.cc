#include "tests/scenarios/virustotal_steps.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/scenarios/answers.h"
#include "virustotal/http/failures.h"

namespace vtlookup {
namespace {

using Pending = FakeHttpClient::Pending;

bool IsAbout(const Question& question, const Named& named) {
  return question.kind == named.kind && question.text == named.text;
}

// The request that the words mean: the oldest, or the oldest about `for=`.
std::list<Pending>::iterator Find(const Words& words, World& world) {
  auto& pending = world.http.pending;
  const auto about = Value(words, "for");
  if (!about.has_value()) return pending.begin();
  const Named named = NamedOf(*about);
  return std::find_if(
      pending.begin(), pending.end(), [&](const Pending& request) {
        return IsAbout(world.answers.Read(request.request), named);
      });
}

void Reply(std::list<Pending>::iterator at, World& world,
           absl::StatusOr<HttpResponse> response) {
  Pending request = std::move(*at);
  world.http.pending.erase(at);
  std::move(request.done)(std::move(response));
}

void Expect(const Words& words, World& world) {
  ASSERT_FALSE(world.http.pending.empty()) << "no request";
  const Question asked = world.answers.Read(world.http.pending.front().request);
  EXPECT_TRUE(IsAbout(asked, NamedOf(words.at(2)))) << "but " << asked.text;
  EXPECT_EQ(asked.submission, Has(words, "submit"));
  if (const auto scan = Value(words, "scan")) {
    EXPECT_EQ(asked.scan, *scan);
  }
  if (const auto key = Value(words, "key")) {
    EXPECT_EQ(asked.key, absl::StrCat("KEY-", *key));
  }
}

Said SaidBy(const Words& words) {
  Said said;
  if (const auto code = Value(words, "code")) said.code = NumberOf(*code);
  if (const auto positives = Value(words, "positives")) {
    said.positives = NumberOf(*positives);
  }
  if (const auto scan = Value(words, "scan")) said.scan = TimeOf(*scan);
  for (const char* name : {"md5", "sha1", "sha256"}) {
    if (const auto hash = Value(words, name)) said.hashes[name] = *hash;
  }
  return said;
}

// VirusTotal does not know the URL, and begins to scan it.
void Queue(const Words& words, World& world) {
  auto at = Find(words, world);
  ASSERT_NE(at, world.http.pending.end()) << "no such request";
  const Question asked = world.answers.Read(at->request);
  if (!world.answers.AsksForScan(asked)) {
    Reply(at, world, world.answers.Report(asked, {.code = 0}));
    Question submission = asked;
    submission.submission = true;
    at =
        std::find_if(world.http.pending.begin(), world.http.pending.end(),
                     [&](const Pending& request) {
                       return world.answers.Read(request.request) == submission;
                     });
    ASSERT_NE(at, world.http.pending.end()) << "nobody asks for a scan";
  }
  Reply(at, world, world.answers.Queued(asked, SaidBy(words).scan));
}

HttpResponse ComplaintOf(const Words& words, const Answers& answers,
                         const Question& asked) {
  const std::string& what = words.at(2);
  if (what == "quota_used_up") {
    std::optional<absl::Duration> pause;
    if (const auto after = Value(words, "retry_after")) {
      pause = DurationOf(*after);
    }
    return answers.QuotaUsedUp(pause);
  }
  if (what == "day_used_up") return answers.DayUsedUp();
  if (what == "key_refused") return answers.KeyRefused(asked);
  if (what == "forbidden") return answers.Forbidden();
  EXPECT_EQ(what, "outage") << "VirusTotal does not say that";
  return answers.Outage();
}

// What the oldest request, or the one that `for=` names, gets.
absl::StatusOr<HttpResponse> ResponseOf(const Words& words, World& world,
                                        const HttpRequest& request) {
  const std::string& verb = words.at(1);
  const Question asked = world.answers.Read(request);
  if (verb == "answers") return world.answers.Report(asked, SaidBy(words));
  if (verb == "says") return ComplaintOf(words, world.answers, asked);
  if (verb == "breaks") {
    return Unreachable("the test says so", !Has(words, "unsent"));
  }
  if (verb == "status") {
    return HttpResponse{
        .status = NumberOf(words.at(2)),
        .retry_after = std::nullopt,
        .body = absl::StrJoin(words.begin() + 3, words.end(), " ")};
  }
  EXPECT_EQ(verb, "body") << "unknown step";
  return HttpResponse{
      .status = 200,
      .retry_after = std::nullopt,
      .body = absl::StrJoin(words.begin() + 2, words.end(), " ")};
}

}  // namespace

void RunVirusTotalStep(const Words& words, World& world) {
  const std::string& verb = words.at(1);
  if (verb == "idle") {
    EXPECT_TRUE(world.http.pending.empty());
  } else if (verb == "total") {
    EXPECT_EQ(world.http.started, NumberOf(words.at(2)));
  } else if (verb == "expects") {
    Expect(words, world);
  } else if (verb == "queues") {
    Queue(words, world);
  } else {
    const auto at = Find(words, world);
    ASSERT_NE(at, world.http.pending.end()) << "no such request";
    Reply(at, world, ResponseOf(words, world, at->request));
  }
}

}  // namespace vtlookup
