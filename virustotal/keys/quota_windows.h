#ifndef VTLOOKUP_VIRUSTOTAL_KEYS_QUOTA_WINDOWS_H_
#define VTLOOKUP_VIRUSTOTAL_KEYS_QUOTA_WINDOWS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <tuple>

#include "absl/time/time.h"
#include "virustotal/keys/quota_ledger.h"

namespace vtlookup {

// The list of the quota's calendar windows: the periods in which VirusTotal
// counts requests, and which begin at a fixed time of the clock in UTC. Each
// kind of window is one row of kWindowSpecs, and all code that deals with
// windows goes over these rows. The window of a minute slides, and is not in
// the list (Quota). Constants and pure functions, for any thread.
//
// To add a window, such as an hour:
//   - Here, add a kind, a row at the place that its length gives it, a limit in
//     QuotaLimits, and the function that says when the window begins.
//   - In QuotaLedger::Record::Type, add two types: one that holds the end, and
//     one that holds what is used (in `a`) and assumed (in `b`), because the
//     two fields of kUsed and of kAssumed are taken. An earlier version of the
//     daemon takes records of types that it does not know for damaged ones.
//   - In QuotaConfig (protos/vtlookup/v1/config.proto), add the key for the
//     limit. LimitsOf (server/wiring.cc) and SetupsOf
//     (tests/scenarios/world.cc) copy it into QuotaLimits.
//   - In virustotal/v3/overall_quotas.cc, add the field in which VirusTotal
//     reports the window.
// Only messages to operators (KeyRing::ReadLedger) and documents still name the
// windows one by one.

// The kinds of calendar windows, from the shortest to the longest. A kind is
// the number of its row, and is stored nowhere, so kinds may be renumbered.
enum class WindowKind : uint8_t { kDay, kMonth };

// What may be asked with a key, in requests. 0 means that there is no limit.
struct QuotaLimits {
  uint32_t per_minute = 0;
  uint32_t per_day = 0;
  uint32_t per_month = 0;
  // The part of each calendar window that is kept for Lane::kInteractive.
  uint32_t reserve_percent = 0;
  friend bool operator==(const QuotaLimits&, const QuotaLimits&) = default;
};

// The start of the UTC day or month that comes `later` days or months after
// that of `now`. With `later` = 0 it is the current one's start.
absl::Time BeginOfUtcDay(absl::Time now, int later);
absl::Time BeginOfUtcMonth(absl::Time now, int later);

// A row of the list: everything in which one calendar window differs from the
// others.
struct WindowSpec {
  // A number of a window in the ledger: the field of the records of this type
  // in which it is stored. Several windows may share a type.
  struct LedgerField {
    QuotaLedger::Record::Type type;
    uint32_t QuotaLedger::Record::*field;
  };

  WindowKind kind;
  // What metrics, status, logs and failures call the window. It never changes,
  // because dashboards and the reasons of failures depend on it.
  const char* name;
  // The member that holds the limit of the window.
  uint32_t QuotaLimits::*limit;
  // The start of the window that comes `later` windows after that of `now`.
  absl::Time (*begin)(absl::Time now, int later);
  // The most time that a window can take.
  absl::Duration longest;
  // How much earlier than its fixed end a window may end (CalendarWindow).
  absl::Duration margin;
  // The type of the records that hold the end of the window (in uptime, as
  // their `time`) and the requests in it (as `a`). No other window has it.
  QuotaLedger::Record::Type end;
  // Where the ledger holds the requests in the window, as of the record's
  // `time`, and how many of them were only assumed.
  LedgerField used;
  LedgerField assumed;
};

inline constexpr std::array kWindowSpecs = {
    WindowSpec{
        .kind = WindowKind::kDay,
        .name = "day",
        .limit = &QuotaLimits::per_day,
        .begin = BeginOfUtcDay,
        .longest = absl::Hours(24),
        .margin = absl::Minutes(10),
        .end = QuotaLedger::Record::Type::kDayWindow,
        .used = {QuotaLedger::Record::Type::kUsed, &QuotaLedger::Record::a},
        .assumed = {QuotaLedger::Record::Type::kAssumed,
                    &QuotaLedger::Record::a}},
    // The margin is half a day (a wrong time zone), because missing the
    // beginning of a month would cost a month.
    WindowSpec{
        .kind = WindowKind::kMonth,
        .name = "month",
        .limit = &QuotaLimits::per_month,
        .begin = BeginOfUtcMonth,
        .longest = absl::Hours(31 * 24),
        .margin = absl::Hours(12),
        .end = QuotaLedger::Record::Type::kMonthWindow,
        .used = {QuotaLedger::Record::Type::kUsed, &QuotaLedger::Record::b},
        .assumed = {QuotaLedger::Record::Type::kAssumed,
                    &QuotaLedger::Record::b}},
};

constexpr const WindowSpec& SpecOf(WindowKind kind) {
  return kWindowSpecs[static_cast<size_t>(kind)];
}

// One value for each calendar window. Owns the values; is as safe for threads
// as they are.
template <typename T>
struct PerWindow {
  // In the order of kWindowSpecs.
  std::array<T, kWindowSpecs.size()> values = {};

  T& operator[](WindowKind kind) { return values[static_cast<size_t>(kind)]; }
  const T& operator[](WindowKind kind) const {
    return values[static_cast<size_t>(kind)];
  }
  friend bool operator==(const PerWindow&, const PerWindow&) = default;
};

// Calls `make` with each WindowKind, and returns the results.
template <typename Make>
auto MakePerWindow(Make make) {
  using T = decltype(make(WindowKind{}));
  return std::apply(
      [&make](const auto&... spec) {
        return PerWindow<T>{{make(spec.kind)...}};
      },
      kWindowSpecs);
}

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_KEYS_QUOTA_WINDOWS_H_
