#ifndef VTLOOKUP_SERVER_VERDICTS_STORED_VERDICT_H_
#define VTLOOKUP_SERVER_VERDICTS_STORED_VERDICT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "cache/entry.h"
#include "core/response_code.h"
#include "vtlookup/v1/verdict.pb.h"

namespace vtlookup {

// How a verdict lies in the cache:
//   format: uint8 = 1
//   response_code: int8
//   polls: uint8, how often in a row VirusTotal has said "queued", this time
//          included; 0 when response_code is not -2
//   asked to scan: uint8, 1 when VirusTotal was to scan the URL if it did not
//          know it; 0 otherwise
//   summary size: fixed32, little-endian
//   Verdict: the rest, serialised without `indicator`; its first "summary
//            size" bytes are a Verdict of their own, without the bulky fields
//            (numbers from 20 on in the reports).
// A reply sends a prefix of the last part as it is: messages may be
// concatenated on the wire, so the indicator is put beside it.
struct StoredVerdict {
  static constexpr size_t kHeader = 8;

  ResponseCode response_code = ResponseCode::kMissing;
  int polls = 0;
  bool asked_to_scan = false;
  size_t summary_size = 0;

  // Serialises `verdict`, which may lie on an arena, and whose contents are
  // unspecified then. It is the only time in the verdict's life.
  static std::string EncodeFrom(v1::Verdict* verdict, int polls,
                                bool asked_to_scan);
  // The same of one that is passed by value.
  static std::string Encode(v1::Verdict verdict, int polls,
                            bool asked_to_scan) {
    return EncodeFrom(&verdict, polls, asked_to_scan);
  }

  // Header and summary of what is one; 0 for anything else.
  static size_t SizeOfSummary(std::string_view value);

  // Reads the header; DataLoss when `value` is not what Encode writes.
  static absl::StatusOr<StoredVerdict> Peek(std::string_view value);
};

// The whole verdict in `value`, which Peek has accepted; without `indicator`.
v1::Verdict DecodeVerdict(std::string_view value);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_VERDICTS_STORED_VERDICT_H_
