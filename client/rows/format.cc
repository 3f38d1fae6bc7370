#include "client/rows/format.h"

#include <algorithm>

namespace vtlookup {

bool OwnFields::Replaces(std::string_view name) const {
  if (!name.starts_with("$VT") || !name.ends_with(suffix)) return false;
  name.remove_suffix(suffix.size());
  return std::find(replaced.begin(), replaced.end(), name) != replaced.end();
}

absl::Status RowFormat::CheckForm(bool /*at_end*/) const {
  return absl::OkStatus();
}

}  // namespace vtlookup
