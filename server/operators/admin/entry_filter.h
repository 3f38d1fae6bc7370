#ifndef VTLOOKUP_SERVER_OPERATORS_ADMIN_ENTRY_FILTER_H_
#define VTLOOKUP_SERVER_OPERATORS_ADMIN_ENTRY_FILTER_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cache/entry.h"
#include "core/indicator.h"
#include "core/response_code.h"
#include "vtlookup/v1/admin.pb.h"

namespace vtlookup {

// Selects the cached entries that an operator means. Immutable, so thread-safe.
class EntryFilter {
 public:
  // InvalidArgument names the field that makes no sense.
  static absl::StatusOr<EntryFilter> Parse(const v1::EntryFilter& filter);

  // True when the filter has no condition: then all entries fit.
  bool empty() const { return empty_; }

  // The indicators that the filter names; only these can fit. Nullopt: any.
  const std::optional<std::vector<Indicator>>& indicators() const {
    return indicators_;
  }

  // Whether an entry fits all conditions except indicators(). An entry that
  // cannot be read, or is too old to be used, never fits.
  bool Fits(std::string_view key, const Entry& entry, absl::Time now) const;

 private:
  EntryFilter() = default;

  bool empty_ = true;
  std::optional<std::vector<Indicator>> indicators_;
  std::optional<Kind> kind_;
  std::optional<ResponseCode> response_code_;
  absl::Duration min_age_ = absl::ZeroDuration();
  std::optional<uint32_t> min_positives_;
  std::string domain_;  // canonical; empty: any
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_OPERATORS_ADMIN_ENTRY_FILTER_H_
