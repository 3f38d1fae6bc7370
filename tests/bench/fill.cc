// bench_fill fills a store with the population of the benchmarks.
//
//   bench_fill disk FOLDER COUNT      makes a cache of the daemon
//   bench_fill compact FOLDER         compacts such a cache
//   bench_fill redis VIEW COUNT       writes SET commands to stdout, whose
//                                     values are the answers of the daemon

#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cache/rocks_tier.h"
#include "core/clock.h"
#include "core/indicator.h"
#include "server/lookup/reply.h"
#include "server/proto/indicator_fields.h"
#include "server/verdicts/answer.h"
#include "server/verdicts/stored_verdict.h"
#include "tests/bench/population.h"

namespace vtlookup::bench {
namespace {

constexpr size_t kPerWrite = 1000;

Tier::Record RecordAt(uint64_t number, absl::Time now) {
  const v1::Indicator asked = IndicatorAt(number);
  const RawIndicator text = RawIndicatorOf(asked);
  auto value = std::make_shared<const std::string>(
      StoredVerdict::Encode(VerdictAt(number), 0, false));
  return {Indicator::Parse(text.kind, text.text)->key(),
          {.value = std::move(value),
           .stored = now,
           .fresh_until = now + absl::Hours(24),
           .usable_until = now + absl::Hours(48)}};
}

// Returns the number of the indicator whose key is the `n`th, kind after kind.
// RocksDB need not sort keys that are written in order.
uint64_t NthByKey(uint64_t n, uint64_t count) {
  for (uint64_t kind = 0; kind < kKinds; ++kind) {
    const uint64_t of_kind = (count + kKinds - 1 - kind) / kKinds;
    if (n < of_kind) return n * kKinds + kind;
    n -= of_kind;
  }
  return count;
}

int FillDisk(const std::string& folder, uint64_t count) {
  const Clock& clock = RealClock();
  auto tier =
      RocksTier::Open({.path = absl::StrCat(folder, "/verdicts")}, clock);
  if (!tier.ok()) {
    std::cerr << tier.status() << '\n';
    return 1;
  }
  std::vector<Tier::Record> records;
  for (uint64_t n = 0; n < count; ++n) {
    records.push_back(RecordAt(NthByKey(n, count), clock.Now()));
    if (records.size() < kPerWrite && n + 1 < count) continue;
    if (absl::Status status = (*tier)->Write(records); !status.ok()) {
      std::cerr << status << '\n';
      return 1;
    }
    records.clear();
  }
  (*tier)->Compact();
  std::cout << (*tier)->bytes() << " bytes of files\n";
  return 0;
}

int Compact(const std::string& folder) {
  auto tier =
      RocksTier::Open({.path = absl::StrCat(folder, "/verdicts")}, RealClock());
  if (!tier.ok()) {
    std::cerr << tier.status() << '\n';
    return 1;
  }
  (*tier)->Compact();
  return 0;
}

void PrintBulk(std::string_view text) {
  std::cout << '$' << text.size() << "\r\n" << text << "\r\n";
}

int FillRedis(v1::View view, uint64_t count) {
  const absl::Time now = RealClock().Now();
  for (uint64_t i = 0; i < count; ++i) {
    const v1::Indicator asked = IndicatorAt(i);
    const RawIndicator text = RawIndicatorOf(asked);
    const Answer answer =
        CachedAnswer(*Indicator::Parse(text.kind, text.text),
                     {RecordAt(i, now).entry, Cache::Level::kMemory}, now);
    const grpc::ByteBuffer reply = MakeReply(ViewOf(answer), view);
    grpc::Slice bytes;
    if (!reply.DumpToSingleSlice(&bytes).ok()) return 1;
    std::cout << "*3\r\n";
    PrintBulk("SET");
    PrintBulk(TextAt(i));
    PrintBulk({reinterpret_cast<const char*>(bytes.begin()), bytes.size()});
  }
  return 0;
}

int Main(const std::vector<std::string>& arguments) {
  uint64_t count = 0;
  if (arguments.size() == 2 && arguments[0] == "compact") {
    return Compact(arguments[1]);
  }
  if (arguments.size() == 3 && absl::SimpleAtoi(arguments[2], &count)) {
    if (arguments[0] == "disk") return FillDisk(arguments[1], count);
    if (arguments[0] == "redis") {
      return FillRedis(
          arguments[1] == "summary" ? v1::VIEW_SUMMARY : v1::VIEW_FULL, count);
    }
  }
  std::cerr << "bench_fill disk FOLDER COUNT | compact FOLDER | redis "
               "summary|full COUNT\n";
  return 2;
}

}  // namespace
}  // namespace vtlookup::bench

int main(int argc, char** argv) {
  return vtlookup::bench::Main({argv + 1, argv + argc});
}
