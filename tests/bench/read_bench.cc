// How fast VirusTotal's answers are read, over the recorded ones; beside it
// simdjson's own whole parse of the same bytes.

#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tests/virustotal/dialogue_helpers.h"

namespace vtlookup {
namespace {

namespace fs = std::filesystem;

struct Answer {
  Indicator indicator;
  std::string body;
};

// The reports of v3 about files, and the indicator that each answers.
std::vector<Answer> FileReports() {
  std::vector<Answer> answers;
  for (const char* root : {SHARED_SAMPLES, TEST_SOURCE_DIR "/data"}) {
    const fs::path folder = fs::path(root) / "v3/file";
    if (!fs::exists(folder)) continue;
    for (const auto& file : fs::directory_iterator(folder)) {
      std::ifstream in(file.path());
      std::string body((std::istreambuf_iterator<char>(in)), {});
      const std::string hash = nlohmann::json::parse(body)["data"]["id"];
      answers.push_back(
          {*Indicator::Parse(Kind::kFile, hash), std::move(body)});
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
}

void ReadFileReportsV3(benchmark::State& state) {
  const std::vector<Answer> answers = FileReports();
  for (auto _ : state) {
    for (const Answer& answer : answers) {
      auto verdict =
          ReadFirst(kDialectV3, answer.indicator, Ask::kReport,
                    {.status = 200, .retry_after = {}, .body = answer.body});
      if (!verdict.ok()) state.SkipWithError("a report is not read");
      benchmark::DoNotOptimize(verdict);
    }
  }
  CountBytes(state, answers);
}
BENCHMARK(ReadFileReportsV3);

void ParseTheSameWithSimdjson(benchmark::State& state) {
  const std::vector<Answer> answers = FileReports();
  simdjson::dom::parser parser;
  for (auto _ : state) {
    for (const Answer& answer : answers) {
      simdjson::dom::element root = parser.parse(answer.body);
      benchmark::DoNotOptimize(root);
    }
  }
  CountBytes(state, answers);
}
BENCHMARK(ParseTheSameWithSimdjson);

}  // namespace
}  // namespace vtlookup

BENCHMARK_MAIN();
