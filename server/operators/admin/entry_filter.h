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

// Says which cached entries an operator means. Immutable.
class EntryFilter {
 public:
  // InvalidArgument names the field that makes no sense.
  static absl::StatusOr<EntryFilter> Parse(const v1::EntryFilter& filter);

  // Says nothing: all entries fit.
  bool empty() const { return empty_; }

  // Those that are asked for by name; nothing but these can fit.
  const std::optional<std::vector<Indicator>>& indicators() const {
    return indicators_;
  }

  // Whether an entry fits, by all but its name. One that cannot be read, or is
  // of no use to anybody any more, never does.
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
