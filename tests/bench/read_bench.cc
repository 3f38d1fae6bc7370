// Measures how long it takes to turn VirusTotal's answer about a file into a
// stored verdict and, for comparison, how long simdjson takes to parse the same
// bytes.

#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "server/verdicts/stored_verdict.h"
#include "tests/paths.h"
#include "tests/virustotal/api/dialogue_helpers.h"

namespace vtlookup {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

struct Answer {
  Indicator indicator;
  std::string body;
};

// Returns the recorded answers of API v3 about files.
std::vector<Answer> Recorded() {
  std::vector<Answer> answers;
  for (const char* root : {SHARED_SAMPLES, TEST_SOURCE_DIR "/data"}) {
    const fs::path folder = fs::path(root) / "v3/file";
    if (!fs::exists(folder)) continue;
    for (const auto& file : fs::directory_iterator(folder)) {
      std::ifstream in(file.path());
      std::string body((std::istreambuf_iterator<char>(in)), {});
      const std::string hash = Json::parse(body)["data"]["id"];
      answers.push_back(
          {*Indicator::Parse(Kind::kFile, hash), std::move(body)});
    }
  }
  return answers;
}

// Repeats the members of every list below `value`.
void Lengthen(Json* value, int times) {
  for (Json& member : *value) {
    if (member.is_structured()) Lengthen(&member, times);
  }
  if (!value->is_array()) return;
  const Json once = *value;
  for (int i = 1; i < times; ++i) {
    value->insert(value->end(), once.begin(), once.end());
  }
}

// Returns the recorded answers that have at least 30 kB. If `long_lists`, each
// is enlarged to 100 to 300 kB and indented, as VirusTotal's real answers are,
// by repeating the members of its lists (names, sections, imports, rules that
// matched). The engines are in no list, so their number does not grow.
std::vector<Answer> Answers(bool long_lists) {
  std::vector<Answer> answers;
  for (const Answer& recorded : Recorded()) {
    if (recorded.body.size() < 30'000) continue;
    if (!long_lists) {
      answers.push_back(recorded);
      continue;
    }
    std::string body;
    for (int times = 2; body.size() < 100'000; ++times) {
      Json json = Json::parse(recorded.body);
      Lengthen(&json["data"]["attributes"], times);
      body = json.dump(4);
    }
    if (body.size() <= 300'000) {
      answers.push_back({recorded.indicator, std::move(body)});
    }
  }
  return answers;
}

void CountBytes(benchmark::State& state, const std::vector<Answer>& answers) {
  int64_t bytes = 0;
  for (const Answer& answer : answers) {
    bytes += static_cast<int64_t>(answer.body.size());
  }
  state.SetBytesProcessed(bytes * state.iterations());
  state.counters["answers"] = static_cast<double>(answers.size());
  state.counters["bytes"] = static_cast<double>(bytes);
}

void ReadIntoStoredVerdict(benchmark::State& state) {
  const std::vector<Answer> answers = Answers(state.range(0) == 1);
  std::vector<std::string> bodies(answers.size());
  for (auto _ : state) {
    state.PauseTiming();
    for (size_t i = 0; i < answers.size(); ++i) {
      // Reading consumes the body. Its capacity is larger than its size,
      // because curl has grown it piece by piece.
      bodies[i].reserve(2 * answers[i].body.size());
      bodies[i] = answers[i].body;
    }
    state.ResumeTiming();
    for (size_t i = 0; i < answers.size(); ++i) {
      auto verdict = TakeFirst(
          kDialectV3, answers[i].indicator, Purpose::kReport,
          {.status = 200, .retry_after = {}, .body = std::move(bodies[i])});
      if (!verdict.ok()) {
        state.SkipWithError("a report is not read");
        return;
      }
      benchmark::DoNotOptimize(StoredVerdict::EncodeFrom(&**verdict, 0, false));
    }
  }
  CountBytes(state, answers);
}
BENCHMARK(ReadIntoStoredVerdict)->ArgName("long_lists")->Arg(0)->Arg(1);

void ParseTheSameWithSimdjson(benchmark::State& state) {
  const std::vector<Answer> answers = Answers(state.range(0) == 1);
  simdjson::dom::parser parser;
  for (auto _ : state) {
    for (const Answer& answer : answers) {
      simdjson::dom::element root = parser.parse(answer.body);
      benchmark::DoNotOptimize(root);
    }
  }
  CountBytes(state, answers);
}
BENCHMARK(ParseTheSameWithSimdjson)->ArgName("long_lists")->Arg(0)->Arg(1);

}  // namespace
}  // namespace vtlookup

BENCHMARK_MAIN();
