#ifndef VTLOOKUP_SERVER_PRIVACY_GATE_H_
#define VTLOOKUP_SERVER_PRIVACY_GATE_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/counter.h"
#include "core/indicator.h"
#include "core/published.h"
#include "vtlookup/v1/config.pb.h"

namespace vtlookup {

// Decides what may leave the machine. It is asked twice. LookupFront asks it
// before it looks for an indicator in the cache and before the resolver hears
// of it; memory alone is looked at first, where a mark on the entry says that
// the rules in force had nothing to say to it. The resolver asks again before
// each fetch, for the rules may have been replaced since. Thread-safe.
class PrivacyGate {
 public:
  enum class Reason {
    kPrivateAddress,
    kInternalDomain,
    kUnlistedSuffix,
    kCredentials,
    kUncertainHost,
  };
  static constexpr size_t kReasons = 5;

  // The configuration has passed CheckConfig.
  explicit PrivacyGate(v1::PrivacyConfig config);

  // The rules from now on; they have passed CheckConfig.
  void Replace(v1::PrivacyConfig config);

  // What goes on: the indicator, cut where a rule says so; or nothing, and
  // `why` is then what the caller is told. `clear` becomes true when no rule
  // had anything to say: as long as the version stays, it need not be asked
  // about this indicator again.
  std::optional<Indicator> Pass(Indicator indicator, std::string* why,
                                bool* clear = nullptr);

  // Why an indicator that Pass let go on must not be sent now: the reason that
  // Pass would give, or that a rule would cut it now. Nothing when it may be
  // sent, as always in a dry run, which has been counted by Pass.
  std::optional<std::string> WhyNotNow(const Indicator& indicator);

  // Of the rules; never 0. Read it before Pass.
  uint32_t version() const { return version_.load(std::memory_order_acquire); }

  // How often each reason applied, in a dry run too, and rules cut.
  uint64_t withheld(Reason reason) const {
    return withheld_[static_cast<size_t>(reason)].value();
  }
  uint64_t redacted() const { return redacted_.value(); }

 private:
  Published<v1::PrivacyConfig> config_;
  std::atomic<uint32_t> version_{1};
  std::array<Counter, kReasons> withheld_;
  Counter redacted_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_PRIVACY_GATE_H_
