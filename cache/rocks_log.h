#ifndef VTLOOKUP_CACHE_ROCKS_LOG_H_
#define VTLOOKUP_CACHE_ROCKS_LOG_H_

#include <rocksdb/env.h>

#include <cstdarg>
#include <cstdint>
#include <functional>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "core/clock.h"
#include "core/mutex.h"

namespace vtlookup {

// Receives the log lines of RocksDB. Warnings and errors go to `report`, at
// most kMostAMinute of them in a minute; all other lines are dropped. RocksDB's
// own logger writes a file into the database's folder; on a full disk Debian's
// build of that logger aborts the process with the second line that it cannot
// write. RocksLog writes nothing to the disk. Thread-safe, if `report` is.
class RocksLog final : public rocksdb::Logger {
 public:
  using Report = std::function<void(std::string_view)>;
  static constexpr int kMostAMinute = 10;

  // Borrows `clock`.
  RocksLog(Report report, const Clock& clock)
      : Logger(rocksdb::InfoLogLevel::WARN_LEVEL),
        report_(std::move(report)),
        clock_(clock) {}

  using Logger::Logv;
  void Logv(rocksdb::InfoLogLevel level, const char* format,
            va_list arguments) override;
  // Lines without a level, and headers, are of no interest to an operator.
  void Logv(const char* /*format*/, va_list /*arguments*/) override {}
  void LogHeader(const char* /*format*/, va_list /*arguments*/) override {}

 private:
  // Whether one more line may be reported. If so, `left_out` is the number of
  // lines that were dropped since the last reported one.
  bool Admit(uint64_t* left_out) ABSL_LOCKS_EXCLUDED(mu_);

  const Report report_;
  const Clock& clock_;

  Mutex mu_;
  absl::Time minute_ ABSL_GUARDED_BY(mu_) = absl::InfinitePast();
  int reported_ ABSL_GUARDED_BY(mu_) = 0;  // since `minute_`
  uint64_t left_out_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CACHE_ROCKS_LOG_H_
