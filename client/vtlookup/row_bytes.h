#ifndef VTLOOKUP_VTLOOKUP_ROW_BYTES_H_
#define VTLOOKUP_VTLOOKUP_ROW_BYTES_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "vtlookup/v1/dnif.pb.h"

namespace vtlookup {

// A cached answer, of which the fields of a row are made.
struct SerialisedAnswer {
  std::string_view verdict;  // a serialised Verdict without `indicator`
  int32_t response_code;     // that of the verdict
  std::string_view url;  // for lookups of URLs: canonical, or as it was asked
  bool stale = false;
};

// Appends the fields that the answer adds to a row, as a JSON object: the same
// as RowFieldsOf makes of the messages, several times faster, because only the
// fields that rows have are read. Bytes that are no Verdict give some fields or
// none. Thread-safe.
void AppendRowFields(v1::DnifLookup lookup, const SerialisedAnswer& answer,
                     std::string* out);

}  // namespace vtlookup

#endif  // VTLOOKUP_VTLOOKUP_ROW_BYTES_H_
