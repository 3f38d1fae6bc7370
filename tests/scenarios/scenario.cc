#include "tests/scenarios/scenario.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "core/failure.h"
#include "server/config/values.h"
#include "server/config/yaml.h"
#include "server/lookup/lookup_options.h"
#include "server/proto/indicator_fields.h"
#include "server/verdicts/stored_verdict.h"
#include "virustotal/http/failures.h"
#include "virustotal/http/url_encoding.h"

namespace vtlookup {
namespace {

using Words = std::vector<std::string>;

// The value of `name=value` among the words.
std::optional<std::string> Value(const Words& words, const std::string& name) {
  for (const std::string& word : words) {
    if (absl::StartsWith(word, name + "=")) return word.substr(name.size() + 1);
  }
  return std::nullopt;
}

bool Has(const Words& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

absl::Duration DurationOf(const std::string& text) {
  const auto duration = ParseConfigDuration(text);
  EXPECT_TRUE(duration.ok()) << text;
  return duration.value_or(absl::ZeroDuration());
}

int NumberOf(const std::string& text) {
  int number = 0;
  EXPECT_TRUE(absl::SimpleAtoi(text, &number)) << text;
  return number;
}

// "domain:a.com" as a message.
v1::Indicator IndicatorOf(const std::string& text) {
  static const std::map<std::string, Kind> kKinds = {{"file", Kind::kFile},
                                                     {"url", Kind::kUrl},
                                                     {"domain", Kind::kDomain},
                                                     {"ip", Kind::kIp},
                                                     {"scan", Kind::kUrlScan}};
  const size_t colon = text.find(':');
  v1::Indicator indicator;
  const auto kind = kKinds.find(text.substr(0, colon));
  if (kind == kKinds.end()) {
    ADD_FAILURE() << "no kind: " << text;
    return indicator;
  }
  SetIndicator(kind->second, text.substr(colon + 1), &indicator);
  return indicator;
}

// What stands in the request for the indicator of a step.
std::string EncodedText(const std::string& indicator) {
  return EncodeForm({{"", indicator.substr(indicator.find(':') + 1)}});
}

bool IsFor(const HttpRequest& request, const std::string& indicator) {
  const std::string all =
      absl::StrCat(request.url, "&", request.form.value_or(""), "&");
  return absl::StrContains(all, EncodedText(indicator) + "&");
}

// The body that API v2 would send.
std::string BodyOf(const Words& words) {
  nlohmann::json body;
  const int code = NumberOf(Value(words, "code").value_or("1"));
  body["response_code"] = code;
  body["verbose_msg"] = "in words";
  if (code == 1 && !Has(words, "unscored")) {
    body["positives"] = NumberOf(Value(words, "positives").value_or("0"));
    body["total"] = 60;
    body["resolutions"] = nlohmann::json::array();
  }
  for (const char* name : {"scan_id", "md5", "sha1", "sha256"}) {
    if (const auto value = Value(words, name)) body[name] = *value;
  }
  return body.dump();
}

// The clock may go on while the story is told.
void ExpectClose(absl::Duration actual, absl::Duration expected) {
  EXPECT_LT(absl::AbsDuration(actual - expected), absl::Milliseconds(1))
      << actual << " instead of " << expected;
}

}  // namespace

Scenario::Scenario() {
  ApplyDefaults(&config_);
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
    const std::string step = line.substr(0, line.find(" #"));
    const Words words = absl::StrSplit(step, ' ', absl::SkipEmpty());
    if (words.empty() || words[0][0] == '#') continue;
    testing::ScopedTrace trace(path.c_str(), number, line);
    RunLine(words);
  }
  // Whoever asked has been answered at most once, whatever happened.
  for (const auto& [name, query] : queries_) {
    EXPECT_LE(query.answers, 1) << name;
  }
}

void Scenario::RunLine(const Words& words) {
  const std::string& verb = words[0];
  if (verb == "config") return OnConfig(words);
  if (world_ == nullptr) Start();
  if (verb == "disk") {
    OnDisk(words);
  } else if (verb == "query") {
    OnQuery(words);
  } else if (verb == "submit") {
    OnSubmit(words);
  } else if (verb == "watch") {
    OnWatch(words);
  } else if (verb == "told") {
    OnTold(words);
  } else if (verb == "cancel") {
    world_->resolver.Cancel(queries_.at(words.at(1)).id);
  } else if (verb == "answer") {
    OnAnswer(words);
  } else if (verb == "waiting") {
    for (size_t i = 1; i < words.size(); ++i) {
      EXPECT_FALSE(queries_.at(words[i]).answer.has_value()) << words[i];
    }
  } else if (verb == "upstream") {
    OnUpstream(words);
  } else if (verb == "time") {
    world_->loop.Advance(DurationOf(words.at(1).substr(1)));
  } else if (verb == "clock") {
    OnClock(words.at(1));
  } else if (verb == "restart") {
    StopWorld();
    Start();
  } else if (verb == "privacy") {
    OnPrivacy(words);
  } else if (verb == "stop") {
    world_->resolver.Drain(DurationOf(Value(words, "grace").value_or("0s")),
                           [this] { drained_ = true; });
  } else if (verb == "drained") {
    EXPECT_TRUE(drained_);
  } else if (verb == "draining") {
    EXPECT_FALSE(drained_);
  } else if (verb == "counter") {
    OnCounter(words);
  } else {
    ADD_FAILURE() << "unknown step";
  }
  Settle();
}

void Scenario::OnClock(const std::string& how) {
  if (how == "wrong" || how == "right") {
    lasting_.clock.Set(how == "wrong" ? mistake_ : -mistake_);
  } else {
    const absl::Duration by = DurationOf(how.substr(1));
    lasting_.clock.Set(how[0] == '-' ? -by : by);
  }
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
  const auto want = WantOf(words);
  ASSERT_TRUE(want.ok()) << want.status();
  const v1::Indicator asked = IndicatorOf(words.at(2));
  FastPath::Outcome outcome =
      world_->front.Try(AskedTextOf(asked), *want, Now());
  if (auto* answer = std::get_if<Answer>(&outcome)) {
    query.answer = std::move(*answer);
    ++query.answers;
  } else if (auto* status = std::get_if<absl::Status>(&outcome)) {
    query.answer = *status;
    ++query.answers;
  } else {
    auto& miss = std::get<Miss>(outcome);
    miss.requester = RequesterOf(words);
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
  query.id = world_->resolver.ReserveIds(1);
  const v1::Indicator asked = IndicatorOf(words.at(2));
  auto parsed = world_->front.Parse(AskedTextOf(asked));
  ASSERT_TRUE(std::holds_alternative<Indicator>(parsed));
  FastPath::Outcome outcome = world_->front.Try(AskedTextOf(asked), {}, Now());
  ASSERT_TRUE(std::holds_alternative<Answer>(outcome)) << "query it first";
  world_->resolver.Watch(query.id, std::get<Indicator>(parsed),
                         std::get<Answer>(outcome),
                         [&query](absl::StatusOr<Answer> answer) {
                           query.told.push_back(std::move(answer));
                         });
}

void Scenario::OnTold(const Words& words) {
  Settle();
  const Query& query = queries_.at(words.at(1));
  if (Has(words, "nothing")) {
    EXPECT_TRUE(query.told.empty());
    return;
  }
  ASSERT_FALSE(query.told.empty()) << "was told nothing";
  const absl::StatusOr<Answer>& last = query.told.back();
  if (!last.ok()) return CheckFailure(last.status(), words);
  ASSERT_FALSE(Value(words, "error").has_value()) << "an answer, no failure";
  CheckAnswer(*last, words);
}

void Scenario::OnSubmit(const Words& words) {
  Query& query = queries_[words.at(1)];
  query.id = world_->resolver.ReserveIds(1);
  const auto url = Indicator::Parse(Kind::kUrl, words.at(2));
  ASSERT_TRUE(url.ok());
  world_->resolver.Submit(query.id, *url, RequesterOf(words),
                          [&query](absl::StatusOr<Answer> answer) {
                            query.answer = std::move(answer);
                            ++query.answers;
                          });
}

void Scenario::OnAnswer(const Words& words) {
  Settle();
  const Query& query = queries_.at(words.at(1));
  ASSERT_TRUE(query.answer.has_value()) << "no answer yet";
  if (!query.answer->ok()) return CheckFailure(query.answer->status(), words);
  ASSERT_FALSE(Value(words, "error").has_value()) << "an answer, no failure";
  CheckAnswer(**query.answer, words);
}

void Scenario::CheckAnswer(const Answer& answer, const Words& words) {
  static const std::map<std::string, v1::Source> kSources = {
      {"memory", v1::SOURCE_MEMORY},
      {"disk", v1::SOURCE_DISK},
      {"virustotal", v1::SOURCE_VIRUSTOTAL},
      {"local", v1::SOURCE_LOCAL}};
  const v1::Verdict verdict = DecodeVerdict(*answer.entry.value);
  if (const auto code = Value(words, "code")) {
    EXPECT_EQ(verdict.response_code(), NumberOf(*code));
  }
  if (const auto positives = Value(words, "positives")) {
    EXPECT_TRUE(verdict.has_positives());
    EXPECT_EQ(verdict.positives(), NumberOf(*positives));
  }
  EXPECT_TRUE(verdict.response_code() == 1 || !verdict.has_positives());
  if (const auto from = Value(words, "from")) {
    EXPECT_EQ(answer.source, kSources.at(*from));
  }
  EXPECT_TRUE(answer.stale || !Has(words, "stale"));
  EXPECT_FALSE(answer.stale && Has(words, "fresh"));
  if (const auto scan_id = Value(words, "scan_id")) {
    EXPECT_EQ(verdict.scan_id(), *scan_id);
  }
  if (const auto age = Value(words, "age")) {
    ExpectClose(Now() - answer.entry.stored, DurationOf(*age));
  }
}

void Scenario::CheckFailure(const absl::Status& status, const Words& words) {
  const auto error = Value(words, "error");
  ASSERT_TRUE(error.has_value()) << status;
  EXPECT_EQ(absl::StatusCodeToString(status.code()), *error) << status;
  const Failure failure = FailureOf(status);
  if (const auto reason = Value(words, "reason")) {
    EXPECT_EQ(failure.reason, *reason);
  }
  if (const auto retry = Value(words, "retry")) {
    ASSERT_TRUE(failure.retry_after.has_value());
    ExpectClose(*failure.retry_after, DurationOf(*retry));
  }
}

void Scenario::OnUpstream(const Words& words) {
  auto& pending = world_->http.pending;
  const std::string& verb = words.at(1);
  if (verb == "idle") {
    EXPECT_TRUE(pending.empty());
  } else if (verb == "total") {
    EXPECT_EQ(world_->http.started, NumberOf(words.at(2)));
  } else if (verb == "expects") {
    ASSERT_FALSE(pending.empty()) << "no request";
    const HttpRequest& request = pending.front().request;
    EXPECT_TRUE(IsFor(request, words.at(2))) << *request.form;
    if (const auto scan = Value(words, "scan")) {
      EXPECT_TRUE(absl::StrContains(*request.form, "scan=" + *scan));
    }
    EXPECT_EQ(absl::EndsWith(request.url, "/url/scan"), Has(words, "submit"));
    if (const auto key = Value(words, "key")) {
      EXPECT_TRUE(absl::StrContains(
          absl::StrCat(request.url, "&", request.form.value_or("")),
          "apikey=KEY-" + *key));
    }
  } else if (verb == "answers") {
    Reply(words, {.status = 200, .retry_after = {}, .body = BodyOf(words)});
  } else if (verb == "status") {
    HttpResponse response{.status = NumberOf(words.at(2)),
                          .retry_after = std::nullopt,
                          .body = ""};
    if (const auto after = Value(words, "retry_after")) {
      response.retry_after = DurationOf(*after);
    }
    Reply(words, std::move(response));
  } else if (verb == "body") {
    Reply(words, {.status = 200,
                  .retry_after = {},
                  .body = absl::StrJoin(words.begin() + 2, words.end(), " ")});
  } else if (verb == "breaks") {
    ASSERT_FALSE(pending.empty());
    FakeHttpClient::Pending request = std::move(pending.front());
    pending.pop_front();
    std::move(request.done)(
        Unreachable("the test says so", !Has(words, "unsent")));
  } else {
    ADD_FAILURE() << "unknown";
  }
}

void Scenario::Reply(const Words& words, HttpResponse response) {
  auto& pending = world_->http.pending;
  auto at = pending.begin();
  if (const auto about = Value(words, "for")) {
    at = std::find_if(pending.begin(), pending.end(), [&](const auto& request) {
      return IsFor(request.request, *about);
    });
  }
  ASSERT_NE(at, pending.end()) << "no such request";
  FakeHttpClient::Pending request = std::move(*at);
  pending.erase(at);
  std::move(request.done)(std::move(response));
}

void Scenario::OnCounter(const Words& words) {
  const Resolver::Counters& counters = world_->resolver.counters();
  const std::map<std::string, const Counter*> by_name = {
      {"fetches", &counters.fetches},
      {"coalesced", &counters.coalesced},
      {"stale_served", &counters.stale_served},
      {"refused", &counters.refused},
      {"failed", &counters.failed},
      {"retries", &counters.retries},
      {"polls", &counters.polls},
      {"refreshed", &counters.refreshed},
      {"out_of_turn", &counters.out_of_turn}};
  const size_t equals = words.at(1).find('=');
  EXPECT_EQ(by_name.at(words[1].substr(0, equals))->value(),
            NumberOf(words[1].substr(equals + 1)));
}

}  // namespace vtlookup
