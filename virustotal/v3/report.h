#ifndef VTLOOKUP_VIRUSTOTAL_V3_REPORT_H_
#define VTLOOKUP_VIRUSTOTAL_V3_REPORT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/indicator.h"
#include "virustotal/api/owned_verdict.h"
#include "vtlookup/v1/verdict.pb.h"

namespace vtlookup {

// An object of API v3 as it was sent, before anybody judges it.
struct ObjectV3 {
  std::string type;  // "url", "domain", "ip_address", "file", "analysis"
  std::string id;
  std::string status;  // of an analysis: "queued", "in-progress", "completed"
  // Of an analysis: id and text of the URL that was analysed.
  std::string item_id;
  std::string item_url;
  int fields = 0;  // number of fields of the report proper that we know
  // The statistics are not an object, or hold a count that is not a whole
  // number, or add up to more than 2^32 - 1.
  bool bad_counts = false;
  OwnedVerdict verdict;  // counts, times and the report; no response_code
};

// Reads the object that is the answer about `indicator`, in one pass; unknown
// fields are skipped. Unavailable, as BadAnswer, when it is no object of v3.
absl::StatusOr<ObjectV3> ReadObjectV3(const Indicator& indicator,
                                      std::string body);

// A page of a relationship, each of whose members is a whole object.
template <typename Detection>
struct PageV3 {
  std::vector<Detection> items;
  std::string cursor;  // of the next page; empty: there is none
};
absl::StatusOr<PageV3<v1::UrlDetection>> ReadUrlPageV3(std::string body);
absl::StatusOr<PageV3<v1::FileDetection>> ReadFilePageV3(std::string body);

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_V3_REPORT_H_
