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

// Decides which indicators may leave the machine. FastPath calls Pass before it
// looks for an indicator in the cache or hands it to the resolver. The only
// exception is an entry in memory with the mark of the present rules, which
// says that no rule applies to it. The resolver calls WhyNotNow before each
// fetch, because the rules may have been replaced since. Thread-safe.
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

  // REQUIRES: CheckConfig accepts the configuration.
  explicit PrivacyGate(v1::PrivacyConfig config);

  // Replaces the rules. REQUIRES: CheckConfig accepts them.
  void Replace(v1::PrivacyConfig config);

  // Returns the indicator that may be looked up, cut where a rule says so.
  // Returns nullopt when it is withheld; `why` is then the message for the
  // client. In a dry run every indicator passes unchanged. `clear` becomes true
  // when no rule applies: as long as version() stays the same, the gate need
  // not be asked about this indicator again.
  std::optional<Indicator> Pass(Indicator indicator, std::string* why,
                                bool* clear = nullptr);

  // Returns why an indicator that has passed must not be sent now, as a message
  // for the client: a newer rule withholds or cuts it. Returns nullopt when it
  // may be sent, which is always so in a dry run.
  std::optional<std::string> WhyNotNow(const Indicator& indicator);

  // The version of the rules; never 0. Read it before calling Pass.
  uint32_t version() const { return version_.load(std::memory_order_acquire); }

  // Count how often each reason applied, and how often a rule cut a URL, also
  // in a dry run.
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
