#include "server/operators/cache_metrics.h"

#include <utility>

namespace vtlookup {

Families CacheFamilies(const Cache& cache, const RocksTier& disk) {
  const Labels memory = {{"tier", "memory"}};
  auto entries =
      Gauges("cache_entries", "Entries; on disk as RocksDB estimates them");
  Add(&entries, static_cast<double>(cache.memory().entries()), memory);
  Add(&entries, static_cast<double>(disk.entries()), {{"tier", "disk"}});
  auto bytes = Gauges("cache_bytes", "Bytes in use");
  Add(&bytes, static_cast<double>(cache.memory().bytes()), memory);
  Add(&bytes, static_cast<double>(disk.bytes()), {{"tier", "disk"}});
  return {std::move(entries),
          std::move(bytes),
          One(Gauges("cache_disk_off",
                     "1 while the database on disk cannot be used, and new "
                     "verdicts are kept in the spill file or in memory only"),
              disk.off() ? 1 : 0),
          One(Counters("cache_read_errors_total",
                       "Records on disk that could not be read"),
              static_cast<double>(disk.read_errors())),
          One(Counters("cache_evictions_total",
                       "Entries that were evicted to make room"),
              static_cast<double>(cache.memory().evictions()), memory),
          One(Counters("cache_writes_refused_total",
                       "Entries that were not written to disk, because too "
                       "many writes waited"),
              static_cast<double>(cache.writes().refused())),
          One(Counters("cache_writes_failed_total",
                       "Entries that could not be written to disk"),
              static_cast<double>(cache.writes().failed()))};
}

Families RawFamilies(RawReports& raws, const RocksTier& disk) {
  auto reads = Counters("raw_reads_total",
                        "Lookups that asked for the raw report, by whether "
                        "there was one");
  Add(&reads, Value(raws.found()), {{"result", "found"}});
  Add(&reads, Value(raws.missing()), {{"result", "missing"}});
  return {One(Gauges("raw_entries",
                     "Raw reports on disk, and the URLs that are kept to find "
                     "their reports by hash, as RocksDB estimates them"),
              static_cast<double>(disk.entries())),
          One(Gauges("raw_bytes", "Bytes of raw reports on disk"),
              static_cast<double>(disk.bytes())),
          One(Gauges("raw_memory_bytes", "Bytes of raw reports in memory"),
              static_cast<double>(raws.memory().bytes())),
          std::move(reads),
          One(Counters("raw_writes_refused_total",
                       "Raw reports that were dropped, because too many "
                       "waited to be written"),
              static_cast<double>(raws.writes().refused())),
          One(Counters("raw_writes_failed_total",
                       "Raw reports that could not be written to disk"),
              static_cast<double>(raws.writes().failed()))};
}

}  // namespace vtlookup
