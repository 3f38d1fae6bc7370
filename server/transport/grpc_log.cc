#include "server/transport/grpc_log.h"

#include <grpc/support/log.h>
#include <spdlog/spdlog.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "core/clock.h"
#include "core/mutex.h"

namespace vtlookup {
namespace {

constexpr int kLinesAMinute = 3;
constexpr absl::Duration kMinute = absl::Minutes(1);
constexpr size_t kLongestLine = 1000;

// The number of lines that each place in gRPC's code may still log.
// Thread-safe.
class Allowance {
 public:
  // Returns whether a line may be logged, and sets the number of lines that
  // were dropped before it.
  bool Take(const char* file, int line, uint64_t* left_out)
      ABSL_LOCKS_EXCLUDED(mu_) {
    const absl::Duration now = MonotonicTime();
    MutexLock lock(mu_);
    // The map is bounded, because gRPC's code has a fixed number of places.
    Place& place = places_[{file, line}];
    if (place.lines == 0 || now - place.began >= kMinute) {
      *left_out = std::exchange(place.left_out, 0);
      place.began = now;
      place.lines = 1;
      return true;
    }
    if (place.lines < kLinesAMinute) {
      ++place.lines;
      return true;
    }
    ++place.left_out;
    return false;
  }

 private:
  struct Place {
    absl::Duration began;
    int lines = 0;
    uint64_t left_out = 0;
  };

  Mutex mu_;
  std::map<std::pair<const char*, int>, Place> places_ ABSL_GUARDED_BY(mu_);
};

std::string_view NameOf(const char* file) {
  const std::string_view path = file;
  return path.substr(path.rfind('/') + 1);
}

void Log(gpr_log_func_args* args) {
  // Never freed, because gRPC may log until the process ends.
  static Allowance* const allowance = new Allowance;
  uint64_t left_out = 0;
  if (!allowance->Take(args->file, args->line, &left_out)) return;
  // Most errors of gRPC are the fault of a client.
  const auto level = args->severity == GPR_LOG_SEVERITY_ERROR
                         ? spdlog::level::warn
                         : spdlog::level::debug;
  const std::string message =
      std::string(args->message).substr(0, kLongestLine);
  if (left_out > 0) {
    spdlog::log(level, "gRPC: {} ({}:{}; {} similar lines were left out)",
                message, std::string(NameOf(args->file)), args->line, left_out);
  } else {
    spdlog::log(level, "gRPC: {} ({}:{})", message,
                std::string(NameOf(args->file)), args->line);
  }
}

}  // namespace

void TakeGrpcsLog() { gpr_set_log_function(&Log); }

}  // namespace vtlookup
