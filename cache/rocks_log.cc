#include "cache/rocks_log.h"

#include <array>
#include <cstdio>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace vtlookup {
namespace {

constexpr size_t kLongestLine = 500;

// It is no fault that writers wait for a compaction: this is how the bound of
// the disk is kept.
bool IsUsual(absl::string_view line) {
  return absl::StrContains(line, "Stalling writes") ||
         absl::StrContains(line, "Stopping writes");
}

}  // namespace

bool RocksLog::Admit(uint64_t* left_out) {
  MutexLock lock(mu_);
  const absl::Time now = clock_.Now();
  if (now - minute_ >= absl::Minutes(1) || now < minute_) {
    minute_ = now;
    reported_ = 0;
  }
  if (reported_ == kMostAMinute) {
    ++left_out_;
    return false;
  }
  ++reported_;
  *left_out = std::exchange(left_out_, 0);
  return true;
}

void RocksLog::Logv(rocksdb::InfoLogLevel level, const char* format,
                    va_list arguments) {
  // Headers are lists of options, but have the highest level of all.
  if (level < rocksdb::InfoLogLevel::WARN_LEVEL ||
      level >= rocksdb::InfoLogLevel::HEADER_LEVEL) {
    return;
  }
  std::array<char, kLongestLine> line{};
  std::vsnprintf(line.data(), line.size(), format, arguments);
  uint64_t left_out = 0;
  if (IsUsual(line.data()) || !Admit(&left_out)) return;
  std::string text = absl::StrCat("RocksDB: ", line.data());
  while (!text.empty() && text.back() == '\n') text.pop_back();
  if (left_out > 0) {
    absl::StrAppend(&text, " (", left_out, " earlier lines were left out)");
  }
  report_(text);
}

}  // namespace vtlookup
