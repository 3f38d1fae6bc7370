#ifndef VTLOOKUP_TESTS_CACHE_TIER_CONFORMANCE_H_
#define VTLOOKUP_TESTS_CACHE_TIER_CONFORMANCE_H_

#include <gtest/gtest.h>

#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cache/tier.h"

namespace vtlookup {

// The place where a tier keeps its entries, such as a folder or a server. Each
// conformance test has one of its own, which is empty at first. One thread at a
// time.
class TierHost {
 public:
  virtual ~TierHost() = default;

  // Opens the tier. The tests destroy one tier before they open the next.
  virtual std::unique_ptr<Tier> Open() = 0;

  // Puts the tier out of order in such a way that it can neither read nor tell
  // what it holds, and has the tier notice that.
  virtual void Break(Tier& tier) = 0;
  // Ends that, and has the tier notice that, too.
  virtual void Repair(Tier& tier) = 0;
};

// One implementation of Tier. `name` is part of the names of the tests.
struct TierKind {
  const char* name;
  std::unique_ptr<TierHost> (*make_host)();
};

inline std::ostream& operator<<(std::ostream& out, const TierKind& kind) {
  return out << kind.name;
}

// The contract of cache/tier.h, as tests: tier_conformance.cc,
// tier_conformance_scan.cc and tier_conformance_threads.cc. To run them for a
// tier, write in a file of its own:
//
//   INSTANTIATE_TEST_SUITE_P(MyTier, TierConformance,
//                            testing::Values(TierKind{"MyTier", MakeMyHost}),
//                            testing::PrintToStringParamName());
//
// The expected entries come from the tests. The tests assume that a tier that
// works loses nothing, and that entries survive the tier object.
class TierConformance : public testing::TestWithParam<TierKind> {
 protected:
  using Pairs = std::vector<std::pair<std::string, std::string>>;

  static const absl::Time kNow;  // the time of tests/fakes/fake_clock.h

  // Makes an entry that expires in a day.
  static Entry Of(std::string value, absl::Time stored = kNow);
  // Returns the value of `entry`, or the name of the error, as "NOT_FOUND".
  static std::string ValueOf(const absl::StatusOr<Entry>& entry);
  static std::string ValueAt(Tier& tier, const std::string& key) {
    return ValueOf(tier.Get({key}).at(0));
  }
  // Return the keys and values, or only the keys, of all entries from `from`
  // on, in the order in which a scan visits them.
  static Pairs ScanAll(Tier& tier, std::string_view from = "");
  static std::vector<std::string> KeysFrom(Tier& tier, std::string_view from);

  const std::unique_ptr<TierHost> host_ = GetParam().make_host();
};

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_CACHE_TIER_CONFORMANCE_H_
