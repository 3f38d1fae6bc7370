#include "core/clock.h"

#include <chrono>
#include <ctime>
#include <fstream>
#include <string>

#include "absl/time/clock.h"
#include "core/fnv.h"

namespace vtlookup {
namespace {

class MachineClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
  absl::Duration Uptime() const override {
    timespec time = {};
    clock_gettime(CLOCK_BOOTTIME, &time);
    return absl::DurationFromTimespec(time);
  }
};

}  // namespace

const Clock& RealClock() {
  static const MachineClock clock;
  return clock;
}

absl::Duration MonotonicTime() {
  return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

uint64_t BootId() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string text;
  return std::getline(file, text) ? Fnv1a(text) : 0;
}

}  // namespace vtlookup
