#ifndef VTLOOKUP_SERVER_PRIVACY_PRIVACY_GATE_H_
#define VTLOOKUP_SERVER_PRIVACY_PRIVACY_GATE_H_

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

// Decides which indicators may leave the machine. FastPath calls Pass before
// it looks for an indicator in the cache or hands it to the resolver; only an
// entry in memory, with a mark that the rules in force do not apply to it, is
// served without that. The resolver calls WhyNotNow before each fetch, because
// the rules may have been replaced since. Thread-safe.
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

  // REQUIRES: the configuration has passed CheckConfig.
  explicit PrivacyGate(v1::PrivacyConfig config);

  // Replaces the rules. REQUIRES: they have passed CheckConfig.
  void Replace(v1::PrivacyConfig config);

  // The indicator that may go on, cut where a rule says so. Nothing when it is
  // withheld; `why` then becomes the message for the caller. `clear` becomes
  // true when no rule applies: as long as version() stays the same, the gate
  // need not be asked about this indicator again.
  std::optional<Indicator> Pass(Indicator indicator, std::string* why,
                                bool* clear = nullptr);

  // Why an indicator that has passed must not be sent now, as a message for the
  // caller: a rule that was set since withholds or cuts it. Nothing when it may
  // be sent, as always in a dry run.
  std::optional<std::string> WhyNotNow(const Indicator& indicator);

  // The version of the rules; never 0. Read it before Pass.
  uint32_t version() const { return version_.load(std::memory_order_acquire); }

  // How often each reason applied, and how often a rule cut a URL. Both count
  // in a dry run, too.
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

#endif  // VTLOOKUP_SERVER_PRIVACY_PRIVACY_GATE_H_
