#include "tests/scenarios/scenario.h"

#include <gtest/gtest.h>

#include <fstream>
#include <utility>

#include "absl/strings/str_join.h"
#include "server/config/yaml.h"
#include "server/lookup/lookup_options.h"
#include "server/proto/indicator_fields.h"
#include "tests/scenarios/checks.h"
#include "tests/scenarios/virustotal_steps.h"

namespace vtlookup {

Scenario::Scenario(v1::VirusTotalApi api) {
  ApplyDefaults(&config_);
  config_.mutable_virustotal()->set_api(api);
  // Stories about these say so.
  config_.mutable_virustotal()->mutable_quota()->set_per_minute(0);
  config_.mutable_virustotal()->set_max_retries(0);
  config_.mutable_limits()->set_max_polls(0);
  config_.mutable_limits()->set_max_failures(0);
  config_.mutable_cache()->set_refresh_ahead(false);
}

Scenario::~Scenario() { StopWorld(); }

void Scenario::RunFile(const std::string& path) {
  std::ifstream in(path);
  ASSERT_TRUE(in.good()) << path;
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    Words words = WordsOf(line);
    if (words.empty()) continue;
    testing::ScopedTrace trace(path.c_str(), number, line);
    RunLine(std::move(words));
  }
  // Whoever asked has been answered at most once, whatever happened.
  for (const auto& [name, query] : queries_) {
    EXPECT_LE(query.answers, 1) << name;
  }
}

const std::map<std::string, Scenario::Step>& Scenario::Steps() {
  static const std::map<std::string, Step> steps = {
      {"answer", &Scenario::OnAnswer},     {"api", &Scenario::OnApi},
      {"cancel", &Scenario::OnCancel},     {"clock", &Scenario::OnClock},
      {"config", &Scenario::OnConfig},     {"counter", &Scenario::OnCounter},
      {"disk", &Scenario::OnDisk},         {"drained", &Scenario::OnDrained},
      {"draining", &Scenario::OnDrained},  {"privacy", &Scenario::OnPrivacy},
      {"query", &Scenario::OnQuery},       {"restart", &Scenario::OnRestart},
      {"stop", &Scenario::OnStop},         {"submit", &Scenario::OnSubmit},
      {"time", &Scenario::OnTime},         {"told", &Scenario::OnTold},
      {"upstream", &Scenario::OnUpstream}, {"waiting", &Scenario::OnWaiting},
      {"watch", &Scenario::OnWatch}};
  return steps;
}

void Scenario::RunLine(Words words) {
  if (words[0] == "in") {
    if (ApiOf(words.at(1)) != config_.virustotal().api()) return;
    words.erase(words.begin(), words.begin() + 2);
  }
  const auto step = Steps().find(words.at(0));
  ASSERT_NE(step, Steps().end()) << "unknown step";
  const bool before_the_start = words[0] == "api" || words[0] == "config";
  if (world_ == nullptr && !before_the_start) Start();
  (this->*step->second)(words);
  // The steps whose further words are options.
  static const std::map<std::string, size_t> kOptionsFrom = {
      {"answer", 2}, {"query", 3}, {"upstream", 3}, {"watch", 3}};
  const auto options = kOptionsFrom.find(words[0]);
  // After these two the other words are a body, not options.
  const bool none = options == kOptionsFrom.end() || words[1] == "status" ||
                    words[1] == "body";
  ExpectAllKnown(words, none ? words.size() : options->second);
  Settle();
}

void Scenario::Start() {
  lasting_.ledger = dir_ / "quota";
  world_ = std::make_unique<World>(config_, lasting_);
}

void Scenario::StopWorld() {
  if (world_ == nullptr) return;
  world_->loop.Advance(absl::ZeroDuration());
  world_->http.pending.clear();
  world_.reset();
}

void Scenario::Settle() {
  if (world_ != nullptr) world_->loop.RunPosted();
}

// --- The setting -----------------------------------------------------------

// Which API the story is about; the test runs it in no other.
void Scenario::OnApi(const Words& words) {
  EXPECT_EQ(ApiOf(words.at(1)), config_.virustotal().api());
}

void Scenario::OnConfig(const Words& words) {
  ASSERT_EQ(world_, nullptr) << "config comes first";
  ConfigErrors errors;
  for (size_t i = 1; i < words.size(); ++i) {
    const size_t equals = words[i].find('=');
    ApplyFlag(words[i].substr(0, equals), words[i].substr(equals + 1), &config_,
              &errors);
  }
  EXPECT_TRUE(errors.empty()) << absl::StrJoin(errors, "; ");
}

// As Daemon::Apply does it.
void Scenario::OnPrivacy(const Words& words) {
  v1::PrivacyConfig rules;
  ConfigErrors errors;
  for (size_t i = 1; i < words.size(); ++i) {
    const size_t equals = words[i].find('=');
    if (words[i].substr(0, equals) == "redact") {
      v1::RedactionRule& rule = *rules.add_redact();
      rule.set_host(words[i].substr(equals + 1));
      rule.set_query(true);
      continue;
    }
    ApplyFlag(words[i].substr(0, equals), words[i].substr(equals + 1), &rules,
              &errors);
  }
  EXPECT_TRUE(errors.empty()) << absl::StrJoin(errors, "; ");
  world_->privacy.Replace(std::move(rules));
}

void Scenario::OnDisk(const Words& words) {
  const std::string how = absl::StrJoin(words.begin() + 1, words.end(), " ");
  if (how == "cold" || how == "warm") {
    lasting_.disk->warm = how == "warm";
  } else if (how == "broken" || how == "works") {
    lasting_.disk->broken = how == "broken";
  } else if (how == "slow") {
    lasting_.disk_queue->hold = true;
  } else if (how == "goes on") {
    lasting_.disk_queue->hold = false;
    lasting_.disk_queue->RunAll();
  } else {
    ADD_FAILURE() << "unknown";
  }
}

void Scenario::OnClock(const Words& words) {
  const std::string& how = words.at(1);
  if (how == "wrong" || how == "right") {
    lasting_.clock.Set(how == "wrong" ? mistake_ : -mistake_);
  } else {
    const absl::Duration by = DurationOf(how.substr(1));
    lasting_.clock.Set(how[0] == '-' ? -by : by);
  }
}

void Scenario::OnTime(const Words& words) {
  world_->loop.Advance(DurationOf(words.at(1).substr(1)));
}

void Scenario::OnRestart(const Words& /*words*/) {
  StopWorld();
  Start();
}

void Scenario::OnStop(const Words& words) {
  world_->resolver.Drain(DurationOf(Value(words, "grace").value_or("0s")),
                         [this] { drained_ = true; });
}

void Scenario::OnDrained(const Words& words) {
  EXPECT_EQ(drained_, words[0] == "drained");
}

// --- Those who ask ---------------------------------------------------------

absl::StatusOr<Want> Scenario::WantOf(const Words& words) const {
  v1::LookupOptions options;
  if (Has(words, "only")) options.set_cache_mode(v1::CACHE_MODE_ONLY);
  if (Has(words, "refresh")) options.set_cache_mode(v1::CACHE_MODE_REFRESH);
  if (Has(words, "submit")) options.set_submit_missing_url(true);
  if (Has(words, "bulk")) options.set_priority(v1::PRIORITY_BULK);
  if (Has(words, "no_submit")) options.set_submit_missing_url(false);
  if (const auto age = Value(words, "max_age")) {
    options.mutable_max_age()->set_seconds(
        absl::ToInt64Seconds(DurationOf(*age)));
  }
  if (const auto timeout = Value(words, "timeout")) {
    options.mutable_timeout()->set_seconds(
        absl::ToInt64Seconds(DurationOf(*timeout)));
  }
  if (const auto wait = Value(words, "wait_for_final")) {
    options.mutable_wait_for_final()->set_seconds(
        absl::ToInt64Seconds(DurationOf(*wait)));
  }
  return vtlookup::WantOf(
      options, {.lane = Lane::kInteractive,
                .submit_missing = config_.virustotal().submit_missing_urls()});
}

Requester Scenario::RequesterOf(const Words& words) const {
  Requester requester{.client = Value(words, "client").value_or("")};
  if (const auto deadline = Value(words, "deadline")) {
    requester.deadline = Now() + DurationOf(*deadline);
  }
  if (const auto share = Value(words, "share")) {
    requester.requests_per_day = static_cast<uint32_t>(NumberOf(*share));
  }
  return requester;
}

void Scenario::OnQuery(const Words& words) {
  Query& query = queries_[words.at(1)];
  query = {};
  query.asked = NamedOf(words.at(2)).text;
  const auto want = WantOf(words);
  ASSERT_TRUE(want.ok()) << want.status();
  const v1::Indicator asked = IndicatorOf(words.at(2));
  FastPath::Outcome outcome =
      world_->front.Try(RawIndicatorOf(asked), *want, Now());
  if (auto* answer = std::get_if<Answer>(&outcome)) {
    query.answer = std::move(*answer);
    ++query.answers;
  } else if (auto* status = std::get_if<absl::Status>(&outcome)) {
    query.answer = *status;
    ++query.answers;
  } else {
    auto& miss = std::get<Miss>(outcome);
    miss.requester = RequesterOf(words);
    miss.requester.give_up_at = Now() + want->timeout;
    query.id = world_->resolver.ReserveIds(1);
    world_->resolver.Resolve(query.id, std::move(miss),
                             [&query](absl::StatusOr<Answer> late) {
                               query.answer = std::move(late);
                               ++query.answers;
                             });
  }
}

// As PendingWatch does it: what is known, then what comes.
void Scenario::OnWatch(const Words& words) {
  Query& query = queries_[words.at(1)];
  query.asked = NamedOf(words.at(2)).text;
  query.id = world_->resolver.ReserveIds(1);
  const v1::Indicator asked = IndicatorOf(words.at(2));
  auto parsed = world_->front.Parse(RawIndicatorOf(asked));
  ASSERT_TRUE(std::holds_alternative<Indicator>(parsed));
  FastPath::Outcome outcome =
      world_->front.Try(RawIndicatorOf(asked), {}, Now());
  ASSERT_TRUE(std::holds_alternative<Answer>(outcome)) << "query it first";
  world_->resolver.Watch(query.id, std::get<Indicator>(parsed),
                         std::get<Answer>(outcome),
                         [&query](absl::StatusOr<Answer> answer) {
                           query.told.push_back(std::move(answer));
                         });
}

void Scenario::OnSubmit(const Words& words) {
  Query& query = queries_[words.at(1)];
  query.asked = words.at(2);
  query.id = world_->resolver.ReserveIds(1);
  const auto url = Indicator::Parse(Kind::kUrl, words.at(2));
  ASSERT_TRUE(url.ok());
  world_->resolver.Submit(query.id, *url, RequesterOf(words),
                          [&query](absl::StatusOr<Answer> answer) {
                            query.answer = std::move(answer);
                            ++query.answers;
                          });
}

void Scenario::OnCancel(const Words& words) {
  world_->resolver.Cancel(queries_.at(words.at(1)).id);
}

// --- What happened ---------------------------------------------------------

void Scenario::OnUpstream(const Words& words) {
  RunVirusTotalStep(words, *world_);
}

void Scenario::OnAnswer(const Words& words) {
  Settle();
  const Query& query = queries_.at(words.at(1));
  ASSERT_TRUE(query.answer.has_value()) << "no answer yet";
  CheckOutcome(*query.answer, query.asked, words, Now());
}

void Scenario::OnTold(const Words& words) {
  Settle();
  const Query& query = queries_.at(words.at(1));
  if (Has(words, "nothing")) {
    EXPECT_TRUE(query.told.empty());
    return;
  }
  ASSERT_FALSE(query.told.empty()) << "was told nothing";
  CheckOutcome(query.told.back(), query.asked, words, Now());
}

void Scenario::OnWaiting(const Words& words) {
  for (size_t i = 1; i < words.size(); ++i) {
    EXPECT_FALSE(queries_.at(words[i]).answer.has_value()) << words[i];
  }
}

void Scenario::OnCounter(const Words& words) {
  CheckCounter(world_->resolver.counters(), words.at(1));
}

}  // namespace vtlookup
