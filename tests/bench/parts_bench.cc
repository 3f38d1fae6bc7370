// Measures the parts of a lookup, each by itself and with warm caches.

#include <benchmark/benchmark.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cache/entry.h"
#include "core/indicator.h"
#include "server/lookup/read_request.h"
#include "server/lookup/reply.h"
#include "server/proto/indicator_fields.h"
#include "server/verdicts/answer.h"
#include "server/verdicts/stored_verdict.h"
#include "tests/bench/population.h"
#include "tests/virustotal/api/dialogue_helpers.h"
#include "virustotal/api/url_id.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup {
namespace {

constexpr uint64_t kItems = 100;

void CountItems(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kItems));
}

std::string ValueAt(uint64_t number) {
  return StoredVerdict::Encode(bench::VerdictAt(number), 0, false);
}

void Canonicalise(benchmark::State& state) {
  const auto kind = static_cast<uint64_t>(state.range(0));
  std::vector<std::pair<Kind, std::string>> asked;
  for (uint64_t i = 0; i < kItems; ++i) {
    const v1::Indicator indicator =
        bench::IndicatorAt(i * bench::kKinds + kind);
    const RawIndicator text = RawIndicatorOf(indicator);
    asked.emplace_back(text.kind, std::string(text.text));
  }
  for (auto _ : state) {
    for (const auto& [its_kind, text] : asked) {
      benchmark::DoNotOptimize(Indicator::Parse(its_kind, text));
    }
  }
  CountItems(state);
}
BENCHMARK(Canonicalise)->ArgName("kind")->DenseRange(0, 2);

void ReadBatchRequest(benchmark::State& state) {
  v1::BatchLookupRequest request;
  for (uint64_t i = 0; i < kItems; ++i) {
    *request.add_indicators() = bench::IndicatorAt(i);
  }
  const grpc::Slice slice(request.SerializeAsString());
  const grpc::ByteBuffer bytes(&slice, 1);
  for (auto _ : state) {
    LookupBatch asked;
    benchmark::DoNotOptimize(ReadBatch(bytes, &asked));
  }
  CountItems(state);
}
BENCHMARK(ReadBatchRequest);

void PeekAtStoredVerdict(benchmark::State& state) {
  const std::string value = ValueAt(0);
  for (auto _ : state) {
    benchmark::DoNotOptimize(StoredVerdict::Peek(value));
  }
}
BENCHMARK(PeekAtStoredVerdict);

// Argument 0: summaries; argument 1: full verdicts.
void MakeBatchReply(benchmark::State& state) {
  const v1::View view = state.range(0) == 0 ? v1::VIEW_SUMMARY : v1::VIEW_FULL;
  const absl::Time now = absl::FromUnixSeconds(1'700'000'000);
  std::vector<Answer> answers;
  for (uint64_t i = 0; i < kItems; ++i) {
    answers.push_back(
        {.kind = Kind::kUrl,
         .indicator = bench::TextAt(i),
         .entry = {std::make_shared<const std::string>(ValueAt(i)), now,
                   now + absl::Hours(24), now + absl::Hours(48)},
         .source = v1::SOURCE_MEMORY});
  }
  for (auto _ : state) {
    ReplyBuilder builder;
    builder.Reserve(kItems * 320);
    for (const Answer& answer : answers) {
      AppendResult(ViewOf(answer), view, &builder);
    }
    benchmark::DoNotOptimize(builder.Build());
  }
  CountItems(state);
}
BENCHMARK(MakeBatchReply)->ArgName("full")->Arg(0)->Arg(1);

// Decodes a record as it is on disk, and checks its checksum.
void DecodeRecord(benchmark::State& state) {
  const absl::Time now = absl::FromUnixSeconds(1'700'000'000);
  const std::string record = EncodeEntry(
      {std::make_shared<const std::string>(ValueAt(0)), now, now, now});
  for (auto _ : state) benchmark::DoNotOptimize(DecodeEntry(record));
  state.SetBytesProcessed(state.iterations() *
                          static_cast<int64_t>(record.size()));
}
BENCHMARK(DecodeRecord);

void DecodeStoredVerdict(benchmark::State& state) {
  const std::string value = ValueAt(0);
  for (auto _ : state) benchmark::DoNotOptimize(DecodeVerdict(value));
}
BENCHMARK(DecodeStoredVerdict);

// Reads a report of API v2 about a URL, with 70 engines.
void ReadDialectV2(benchmark::State& state) {
  const std::string url = "http://example.com/path";
  nlohmann::json body = {
      {"response_code", 1},
      {"resource", url},
      {"url", url},
      {"scan_id", absl::StrCat(UrlIdOf(url), "-1700000000")},
      {"scan_date", "2023-11-14 22:13:20"},
      {"permalink", "https://www.virustotal.com/gui/url/a/detection"},
      {"verbose_msg", "Scan finished, scan information embedded"},
      {"positives", 0},
      {"total", 70}};
  for (int i = 0; i < 70; ++i) {
    body["scans"][absl::StrCat("Engine of vendor ", i)] = {
        {"detected", false}, {"result", "clean site"}};
  }
  const std::string text = body.dump();
  const auto indicator = Indicator::Parse(Kind::kUrl, url);
  for (auto _ : state) {
    const auto verdict =
        TakeFirst(kDialectV2, *indicator, Purpose::kReport,
                  {.status = 200, .retry_after = {}, .body = text});
    if (!verdict.ok()) state.SkipWithError("the report is not read");
    benchmark::DoNotOptimize(verdict);
  }
  state.SetBytesProcessed(state.iterations() *
                          static_cast<int64_t>(text.size()));
}
BENCHMARK(ReadDialectV2);

}  // namespace
}  // namespace vtlookup
