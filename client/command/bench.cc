#include "client/command/bench.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/command/arguments.h"
#include "client/command/exit_status.h"
#include "client/command/help_text.h"
#include "client/command/session.h"
#include "client/command/shared_options.h"

namespace vtlookup {
namespace {

using std::chrono::steady_clock;

// The measurements of one thread.
struct Tally {
  std::vector<double> millis;                // of each call
  std::map<std::string, uint64_t> verdicts;  // by source
  std::map<std::string, uint64_t> failures;  // lookups, by the error
};

absl::StatusOr<std::vector<v1::Indicator>> ReadValues(
    const BenchOptions& bench) {
  std::ifstream file;
  if (!bench.file.empty()) {
    file.open(bench.file);
    if (!file) {
      return absl::InvalidArgumentError(
          absl::StrCat(bench.file, " cannot be read"));
    }
  }
  std::istream& in = bench.file.empty() ? std::cin : file;
  std::vector<v1::Indicator> values;
  for (std::string line; std::getline(in, line);) {
    if (line.ends_with('\r')) line.pop_back();
    if (!line.empty()) bench.make(line, &values.emplace_back());
  }
  if (values.empty()) {
    return absl::InvalidArgumentError("there are no values to look up");
  }
  return values;
}

std::string SourceName(v1::Source source) {
  return v1::Source_Name(source).substr(sizeof("SOURCE_") - 1);
}

void CountFailure(const absl::Status& status, uint64_t lookups, Tally* tally) {
  tally->failures[absl::StatusCodeToString(status.code())] += lookups;
}

void AskOne(const Client& client, const v1::Indicator& value,
            const v1::LookupOptions& options, Tally* tally) {
  const auto answer = client.Lookup(value, options);
  if (answer.ok()) {
    ++tally->verdicts[SourceName(answer->source())];
  } else {
    CountFailure(answer.status(), 1, tally);
  }
}

void AskMany(const Client& client, const std::vector<v1::Indicator>& values,
             const v1::LookupOptions& options, Tally* tally) {
  const auto answer = client.BatchLookup(values, options);
  if (!answer.ok()) {
    return CountFailure(answer.status(), values.size(), tally);
  }
  for (const v1::LookupResult& result : answer->results()) {
    if (result.has_response()) {
      ++tally->verdicts[SourceName(result.response().source())];
    } else {
      CountFailure(
          absl::Status(static_cast<absl::StatusCode>(result.error().code()),
                       ""),
          1, tally);
    }
  }
}

Tally AskUntil(steady_clock::time_point end, const Client& client,
               const std::vector<v1::Indicator>& values, size_t first,
               const Arguments& arguments) {
  v1::LookupOptions options = arguments.options;
  options.set_cache_mode(v1::CACHE_MODE_ONLY);
  Tally tally;
  std::vector<v1::Indicator> some(arguments.bench.batch);
  size_t at = first;
  do {  // at least one call, so that there is something to tell
    for (v1::Indicator& each : some) each = values[at++ % values.size()];
    const auto begin = steady_clock::now();
    if (some.size() == 1) {
      AskOne(client, some[0], options, &tally);
    } else {
      AskMany(client, some, options, &tally);
    }
    tally.millis.push_back(
        std::chrono::duration<double, std::milli>(steady_clock::now() - begin)
            .count());
  } while (steady_clock::now() < end);
  return tally;
}

void Merge(Tally from, Tally* into) {
  into->millis.insert(into->millis.end(), from.millis.begin(),
                      from.millis.end());
  for (const auto& [name, count] : from.verdicts) into->verdicts[name] += count;
  for (const auto& [name, count] : from.failures) into->failures[name] += count;
}

uint64_t SumOf(const std::map<std::string, uint64_t>& counts) {
  uint64_t sum = 0;
  for (const auto& [name, count] : counts) sum += count;
  return sum;
}

nlohmann::ordered_json ResultOf(Tally tally, double seconds) {
  std::sort(tally.millis.begin(), tally.millis.end());
  const auto at = [&tally](double part) {
    return tally.millis[static_cast<size_t>(
        part * static_cast<double>(tally.millis.size() - 1))];
  };
  const uint64_t verdicts = SumOf(tally.verdicts);
  return {
      {"seconds", seconds},
      {"calls", tally.millis.size()},
      {"calls_per_second", static_cast<double>(tally.millis.size()) / seconds},
      {"verdicts", verdicts},
      {"verdicts_per_second", static_cast<double>(verdicts) / seconds},
      {"latency_ms",
       {{"p50", at(0.5)},
        {"p90", at(0.9)},
        {"p99", at(0.99)},
        {"p99.9", at(0.999)},
        {"max", at(1)}}},
      {"sources", tally.verdicts},
      {"failures", tally.failures}};
}

void AppendCounts(const nlohmann::ordered_json& counts, const char* title,
                  std::string* out) {
  for (const auto& [name, count] : counts.items()) {
    absl::StrAppendFormat(out, "\n%-12s%12d  %s", title, count.get<uint64_t>(),
                          name);
  }
}

std::string TableOf(const nlohmann::ordered_json& result) {
  std::string out = absl::StrFormat(
      "calls       %12d  %.0f/s\nverdicts    %12d  %.0f/s",
      result["calls"].get<uint64_t>(), result["calls_per_second"].get<double>(),
      result["verdicts"].get<uint64_t>(),
      result["verdicts_per_second"].get<double>());
  for (const auto& [name, millis] : result["latency_ms"].items()) {
    absl::StrAppendFormat(&out, "\nlatency     %9.3f ms  %s",
                          millis.get<double>(), name);
  }
  AppendCounts(result["sources"], "source", &out);
  AppendCounts(result["failures"], "failed", &out);
  return out;
}

// Measures, and returns the text to print. InvalidArgument when there are no
// values; Unavailable when no value was answered.
absl::StatusOr<std::string> Measure(const Client& client,
                                    const Arguments& arguments) {
  const auto values = ReadValues(arguments.bench);
  if (!values.ok()) return values.status();
  const size_t threads = arguments.bench.concurrency;
  const auto begin = steady_clock::now();
  const auto end =
      begin + std::chrono::duration_cast<steady_clock::duration>(
                  std::chrono::duration<double>(arguments.bench.seconds));
  std::vector<Tally> tallies(threads);
  std::vector<std::thread> running;
  for (size_t i = 0; i < threads; ++i) {
    running.emplace_back([&, i] {
      tallies[i] = AskUntil(end, client, *values, i * values->size() / threads,
                            arguments);
    });
  }
  for (std::thread& thread : running) thread.join();
  Tally all;
  for (Tally& tally : tallies) Merge(std::move(tally), &all);
  const auto result = ResultOf(
      std::move(all),
      std::chrono::duration<double>(steady_clock::now() - begin).count());
  if (result["verdicts"] == 0) {
    return absl::UnavailableError(
        absl::StrCat("nothing was answered: bench asks only for what is "
                     "cached, so look up the values first: ",
                     result["failures"].dump()));
  }
  return arguments.json ? result.dump() : TableOf(result);
}

}  // namespace

void DeclareBench(CLI::App& app, Arguments& arguments) {
  CLI::App* const command =
      AddCommand(app, arguments, "bench",
                 "Measure how fast the daemon answers from its cache; "
                 "VirusTotal is not asked",
                 RunBench);
  BenchOptions& bench = arguments.bench;
  std::set<std::string> kinds;
  for (const ValueKind& kind : Kinds()) kinds.insert(kind.name);
  command
      ->add_option_function<std::string>(
          "KIND",
          [&bench](const std::string& name) {
            bench.make = FindKind(name)->make;
          },
          "Kind of the values: url, domain, ip, file or scan")
      ->required()
      ->check(CLI::IsMember(kinds))
      ->type_name("");
  command
      ->add_option("FILE", bench.file,
                   "File with one value in a line (default: standard input)")
      ->type_name("");
  command
      ->add_option("--seconds", bench.seconds,
                   "How many seconds to measure (default: 5)")
      ->check(CLI::Range(0.1, 3600.0))
      ->type_name("N");
  command
      ->add_option("--batch", bench.batch, "Values in each call (default: 100)")
      ->check(CLI::Range(1, 10000))
      ->type_name("N");
  command
      ->add_option("--concurrency", bench.concurrency,
                   "Calls at the same time (default: 4)")
      ->check(CLI::Range(1, 256))
      ->type_name("N");
  AddSummary(command, arguments);
  command->footer(
      Footer(kStatusOfCommands,
             {"vtlookup bench domain names.txt --seconds 10 --summary"}));
}

int RunBench(const Session& session, const Arguments& arguments) {
  const absl::StatusOr<std::string> result = Measure(session.client, arguments);
  if (result.ok()) {
    std::puts(result->c_str());
    return kAllAnswered;
  }
  const std::string why(result.status().message());
  if (absl::IsInvalidArgument(result.status())) return Complain(why);
  std::fprintf(stderr, "vtlookup: %s\n", why.c_str());
  return kSomeFailed;
}

}  // namespace vtlookup
