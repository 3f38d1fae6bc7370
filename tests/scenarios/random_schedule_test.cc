// Thousands of random schedules of asks, departures, answers, faults, time and
// restarts. Whatever happens: one flight for each question, no request beyond
// the quota, every call answered once, no failure taken for a verdict, and
// nothing served beyond its limit. The test keeps its own books. All of this in
// both of VirusTotal's APIs: in v3 an unknown URL takes a second request, which
// finds quota or not.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/failure.h"
#include "server/config/yaml.h"
#include "server/proto/indicator_fields.h"
#include "server/verdicts/stored_verdict.h"
#include "tests/fakes/temp_dir.h"
#include "tests/sanitizers.h"
#include "tests/scenarios/apis.h"
#include "tests/scenarios/world.h"
#include "virustotal/http/failures.h"

namespace vtlookup {
namespace {

// In each API. Each takes ten times as long under ThreadSanitizer, which sees
// one thread.
constexpr int kSchedules = kThreadSanitized ? 150 : 1500;
constexpr int kSteps = 80;
constexpr int kNames = 5;
constexpr int kPerMinute = 5;
constexpr int kPerDay = 60;

v1::Config SmallConfig(v1::VirusTotalApi api) {
  v1::Config config;
  ConfigErrors errors;
  ApplyDefaults(&config);
  const std::map<std::string, std::string> values = {
      {"virustotal.quota.per_minute", absl::StrCat(kPerMinute)},
      {"virustotal.quota.per_day", absl::StrCat(kPerDay)},
      {"virustotal.max_inflight", "3"},
      {"limits.max_queued", "6"},
      {"limits.max_waiting", "20"},
      {"limits.max_polls", "3"},
      {"limits.max_failures", "5"},
      {"limits.max_watches", "3"}};
  for (const auto& [key, value] : values) {
    ApplyFlag(key, value, &config, &errors);
  }
  EXPECT_TRUE(errors.empty());
  config.mutable_virustotal()->set_api(api);
  return config;
}

// What VirusTotal was made to say about one URL, so that nothing else is
// believed. The serial number of an answer is the time of its scan, and in v2
// its message, too. Of the answers without one, which are the same text each
// time, the latest of the code counts.
class Book {
 public:
  void Note(int64_t serial, int code, absl::Time when) {
    by_serial_[serial] = {when, code};
    latest_[code] = when;
  }

  // When `verdict` was said; InfinitePast if it never was.
  absl::Time WhenSaid(const v1::Verdict& verdict) const {
    const int code = verdict.response_code();
    int64_t serial = 0;
    if (!absl::SimpleAtoi(verdict.message(), &serial)) {
      serial = verdict.scan_time().seconds();
    }
    if (serial == 0) {
      const auto latest = latest_.find(code);
      return latest == latest_.end() ? absl::InfinitePast() : latest->second;
    }
    const auto found = by_serial_.find(serial);
    return found == by_serial_.end() || found->second.code != code
               ? absl::InfinitePast()
               : found->second.when;
  }

 private:
  struct Entry {
    absl::Time when;
    int code = 0;
  };
  std::map<int64_t, Entry> by_serial_;
  std::map<int, absl::Time> latest_;
};

struct Call {
  Resolver::WaiterId id = 0;
  std::string name;
  int answers = 0;
};

FastPath::Outcome TryAsOneOfMany(FastPath& front, const v1::Indicator& asked,
                                 const Want& want, absl::Time now) {
  FastPath::Outcome outcome;
  front.TryMany(
      {RawIndicatorOf(asked)}, "items", want, now,
      [&](size_t, const AnswerView& answer) {
        outcome = Answer{.kind = answer.kind,
                         .indicator = std::string(answer.indicator),
                         .entry = answer.entry,
                         .source = answer.source,
                         .stale = answer.stale};
      },
      [&](size_t, FastPath::Outcome other) { outcome = std::move(other); });
  return outcome;
}

class Schedule {
 public:
  Schedule(v1::VirusTotalApi api, unsigned seed)
      : random_(seed), config_(SmallConfig(api)) {
    lasting_.ledger = dir_ / "quota";
    if (seed % 2 == 1) lasting_.clock.MoveWithEachLook();
    StartWorld();
  }

  void Run() {
    for (int i = 0; i < kSteps && !testing::Test::HasFailure(); ++i) {
      Step();
      CheckRequests();
    }
    Stop();
  }

 private:
  int Below(int bound) {
    return static_cast<int>(random_() % static_cast<unsigned>(bound));
  }
  bool Chance(int percent) { return Below(100) < percent; }
  absl::Time Now() const { return lasting_.clock.Now(); }

  void StartWorld() {
    world_ = std::make_unique<World>(config_, lasting_, [this] {
      return static_cast<double>(Below(1000)) / 1000;
    });
    world_->http.on_start = [this](const HttpRequest&) {
      sent_.push_back(Now());
    };
  }

  void Step() {
    const int what = Below(100);
    if (what < 35) {
      Ask();
    } else if (what < 42) {
      Cancel();
    } else if (what < 70) {
      Reply();
    } else if (what < 95) {
      Advance();
    } else if (what < 97) {
      Toggle();
    } else {
      Restart();
    }
    world_->loop.RunPosted();
  }

  void Ask() {
    Want want;
    if (Chance(10)) want.mode = Want::Mode::kCacheOnly;
    if (Chance(10)) want.mode = Want::Mode::kRefresh;
    want.submit_missing = Chance(50);
    want.lane = Chance(50) ? Lane::kInteractive : Lane::kBulk;
    Requester requester;
    if (Chance(60)) requester.deadline = Now() + absl::Seconds(Below(200));
    if (Chance(20)) want.wait_for_final = absl::Seconds(Below(300));
    requester.client = absl::StrCat("client", Below(3));
    auto call = std::make_shared<Call>();
    call->name = absl::StrCat("http://", "name", Below(kNames), ".com/");
    calls_.push_back(call);
    v1::Indicator asked;
    SetIndicator(Kind::kUrl, call->name, &asked);
    FastPath::Outcome outcome =
        Chance(50) ? world_->front.Try(RawIndicatorOf(asked), want, Now())
                   : TryAsOneOfMany(world_->front, asked, want, Now());
    if (auto* answer = std::get_if<Answer>(&outcome)) {
      ++call->answers;
      Believe(*call, *answer);
    } else if (std::holds_alternative<absl::Status>(outcome)) {
      ++call->answers;
    } else {
      auto& miss = std::get<Miss>(outcome);
      miss.requester = requester;
      call->id = world_->resolver.ReserveIds(1);
      world_->resolver.Resolve(call->id, std::move(miss),
                               [this, call](absl::StatusOr<Answer> late) {
                                 ++call->answers;
                                 EXPECT_EQ(call->answers, 1);
                                 if (late.ok()) Believe(*call, *late);
                               });
    }
  }

  void Cancel() {
    if (calls_.empty()) return;
    const auto& call =
        calls_[static_cast<size_t>(Below(static_cast<int>(calls_.size())))];
    if (call->id != 0) world_->resolver.Cancel(call->id);
  }

  // Any of those under way, in any way.
  void Reply() {
    auto& pending = world_->http.pending;
    if (pending.empty()) return;
    auto at = pending.begin();
    std::advance(at, Below(static_cast<int>(pending.size())));
    FakeHttpClient::Pending request = std::move(*at);
    pending.erase(at);
    const Answers& answers = world_->answers;
    const Question asked = answers.Read(request.request);
    const int how = Below(100);
    // In v3 "not known" is the verdict when the submission after it fails, and
    // it is given when that has ended.
    if (asked.submission && how >= 55) {
      said_[asked.text].Note(++serial_, 0, Now());
    }
    if (how < 55) {
      std::move(request.done)(Verdict(asked));
    } else if (how < 70) {
      std::move(request.done)(answers.Outage());
    } else if (how < 78) {
      std::move(request.done)(answers.QuotaUsedUp(std::nullopt));
    } else if (how < 86) {
      std::move(request.done)(HttpResponse{
          .status = 200, .retry_after = {}, .body = "{\"positives\": 0"});
    } else if (how < 94) {
      std::move(request.done)(Unreachable("as it were", true));
    } else {
      unsent_.push_back(sent_.back());
      std::move(request.done)(Unreachable("as it were", false));
    }
  }

  // Each is told apart by its serial number.
  HttpResponse Verdict(const Question& asked) {
    const int64_t serial = ++serial_;
    if (asked.submission) {
      said_[asked.text].Note(serial, -2, Now());
      return world_->answers.Queued(asked, serial);
    }
    const int code =
        std::vector<int>{1, 1, 1, 0, -2, -1}[static_cast<size_t>(Below(6))];
    const int positives = Chance(50) ? 0 : 3;
    said_[asked.text].Note(serial, code, Now());
    return world_->answers.Report(asked, {.code = code,
                                          .positives = positives,
                                          .scan = serial,
                                          .message = absl::StrCat(serial)});
  }

  // An answer is something that VirusTotal has said about this name, and not
  // too long ago.
  void Believe(const Call& call, const Answer& answer) {
    const v1::Verdict verdict = DecodeVerdict(*answer.entry.value);
    const int code = verdict.response_code();
    const absl::Time said = said_[call.name].WhenSaid(verdict);
    ASSERT_NE(said, absl::InfinitePast()) << "never said about this name";
    EXPECT_EQ(verdict.has_positives(), code == 1);
    const absl::Duration age = Now() - said;
    // Each with a tenth of jitter.
    absl::Duration fresh = absl::Hours(24) * 1.1;
    if (code == 0) fresh = absl::Hours(1) * 1.1;
    if (code == -2) fresh = absl::Minutes(15) * 1.1;
    absl::Duration stale = absl::Hours(24);
    if (code == -2) stale = absl::ZeroDuration();
    if (verdict.positives() > 0) stale = absl::Hours(24 * 7);
    // A queued one may have been held back on request.
    if (code == -2) fresh += absl::Seconds(300);
    EXPECT_LE(age, answer.stale ? fresh + stale : fresh) << code;
    if (code == -2) {
      EXPECT_FALSE(answer.stale);
    }
  }

  void Advance() {
    const int how = Below(100);
    absl::Duration by = absl::Milliseconds(Below(3000));
    if (how >= 50) by = absl::Seconds(Below(100));
    if (how >= 90) by = absl::Minutes(Below(600));
    if (how >= 98) by = absl::Hours(Below(200));
    world_->loop.Advance(by);
  }

  void Toggle() {
    if (lasting_.disk_queue->hold) {
      lasting_.disk_queue->hold = false;
      lasting_.disk_queue->RunAll();
    } else {
      lasting_.disk_queue->hold = Chance(50);
      lasting_.disk->broken = Chance(30);
      lasting_.disk->warm = Chance(50);
    }
  }

  void Restart() {
    lasting_.disk_queue->hold = false;
    lasting_.disk_queue->RunAll();
    lasting_.disk->broken = false;
    world_->loop.RunPosted();
    world_->http.pending.clear();
    world_.reset();
    calls_.clear();
    StartWorld();
  }

  // All calls end, and none twice.
  void Stop() {
    lasting_.disk_queue->hold = false;
    lasting_.disk_queue->RunAll();
    bool drained = false;
    world_->loop.RunPosted();
    world_->resolver.Drain(absl::Seconds(2), [&drained] { drained = true; });
    world_->loop.Advance(absl::Seconds(2));
    EXPECT_TRUE(drained);
    for (const auto& call : calls_) EXPECT_EQ(call->answers, 1) << call->name;
    world_->http.pending.clear();
    world_.reset();
  }

  void CheckRequests() {
    std::set<std::string> questions;
    for (const auto& pending : world_->http.pending) {
      EXPECT_TRUE(questions
                      .insert(pending.request.url + "?" +
                              pending.request.form.value_or(""))
                      .second)
          << "two flights for one question";
    }
    for (; checked_ < sent_.size(); ++checked_) CheckQuota(checked_);
  }

  // That the request at `index` was within the quota, by counting.
  void CheckQuota(size_t index) {
    const absl::Time when = sent_[index];
    const absl::CivilDay day = absl::ToCivilDay(when, absl::UTCTimeZone());
    int minute = 0;
    int of_day = 0;
    for (size_t i = 0; i <= index; ++i) {
      minute += when - sent_[i] < absl::Minutes(1);
      of_day += absl::ToCivilDay(sent_[i], absl::UTCTimeZone()) == day;
    }
    // Requests that never left were given back.
    const int back = static_cast<int>(unsent_.size());
    EXPECT_LE(minute, kPerMinute + back);
    EXPECT_LE(of_day, kPerDay + back);
  }

  std::mt19937 random_;
  TempDir dir_;
  const v1::Config config_;
  Lasting lasting_;
  std::unique_ptr<World> world_;
  std::vector<std::shared_ptr<Call>> calls_;
  std::vector<absl::Time> sent_;
  std::vector<absl::Time> unsent_;
  size_t checked_ = 0;
  std::map<std::string, Book> said_;
  int64_t serial_ = 0;
};

// The schedules are shared out over tests, which ctest runs in parallel.
constexpr unsigned kParts = 10;

class RandomSchedule
    : public testing::TestWithParam<std::tuple<v1::VirusTotalApi, unsigned>> {};

TEST_P(RandomSchedule, WhateverHappensTheRulesHold) {
  const auto [api, part] = GetParam();
  for (unsigned seed = 1 + part; seed <= kSchedules; seed += kParts) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    Schedule(api, seed).Run();
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Apis, RandomSchedule,
                         testing::Combine(kBothApis,
                                          testing::Range(0U, kParts)));

}  // namespace
}  // namespace vtlookup
