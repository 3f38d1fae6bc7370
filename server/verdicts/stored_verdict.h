#ifndef VTLOOKUP_SERVER_VERDICTS_STORED_VERDICT_H_
#define VTLOOKUP_SERVER_VERDICTS_STORED_VERDICT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cache/entry.h"
#include "core/response_code.h"
#include "vtlookup/v1/verdict.pb.h"

namespace vtlookup {

// The value of a cache entry:
//   format: uint8 = 1
//   response_code: int8
//   polls: uint8, how many times in a row VirusTotal has said "queued",
//          including this time; 0 when response_code is not -2
//   asked to scan: uint8, 1 when VirusTotal was also asked to scan the URL
//                  if it did not know it; 0 otherwise
//   summary size: fixed32, little-endian
//   Verdict: the rest, serialised without `indicator`. Its first "summary size"
//            bytes are a Verdict by themselves, without the bulky fields
//            (numbers from 20 to 39).
// A reply sends a prefix of the Verdict unchanged and appends the indicator,
// because serialised messages may be concatenated. Thread-safe.
struct StoredVerdict {
  static constexpr size_t kHeader = 8;

  ResponseCode response_code = ResponseCode::kMissing;
  int polls = 0;
  bool asked_to_scan = false;
  size_t summary_size = 0;

  // Serialises `verdict`, which may be on an arena and is left with unspecified
  // contents. A verdict is serialised only once in its life, here.
  static std::string EncodeFrom(v1::Verdict* verdict, int polls,
                                bool asked_to_scan);
  // Serialises a verdict that is passed by value.
  static std::string Encode(v1::Verdict verdict, int polls,
                            bool asked_to_scan) {
    return EncodeFrom(&verdict, polls, asked_to_scan);
  }

  // Returns the size of header and summary; 0 when `value` is not a
  // StoredVerdict.
  static size_t SizeOfSummary(std::string_view value);

  // Reads the header. DataLoss when `value` is not a StoredVerdict.
  static absl::StatusOr<StoredVerdict> Peek(std::string_view value);
};

// Returns the whole verdict in `value`, without `indicator`. REQUIRES: Peek
// accepts `value`.
v1::Verdict DecodeVerdict(std::string_view value);

// Returns when the scan of a queued verdict was requested, as VirusTotal says:
// its date, or that in its scan id. Nothing when it has neither. REQUIRES: Peek
// accepts `value`. Thread-safe.
std::optional<absl::Time> SubmissionOf(std::string_view value);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_VERDICTS_STORED_VERDICT_H_
