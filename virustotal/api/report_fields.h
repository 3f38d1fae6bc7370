#ifndef VTLOOKUP_VIRUSTOTAL_API_REPORT_FIELDS_H_
#define VTLOOKUP_VIRUSTOTAL_API_REPORT_FIELDS_H_

#include <string_view>

#include "virustotal/api/json.h"
#include "vtlookup/v1/verdict.pb.h"

namespace vtlookup {

// Fields that have one name in both APIs. Each function reads the value if it
// knows the key, and returns whether it does; those without a key read the
// value of the field that they name. Thread-safe for different reports.

// `md5`, `sha1`, `sha256`.
bool ReadHashField(std::string_view key, json::value value,
                   v1::FileReport* report);

// `as_owner`, `country`, `continent`, `network`.
bool ReadAddressField(std::string_view key, json::value value,
                      v1::IpReport* report);

// `tags`, `times_submitted`.
bool ReadSharedStatement(std::string_view key, json::value value,
                         v1::Verdict* verdict);

// `size`. Leaves the report unchanged when the value is no size.
void ReadSize(json::value value, v1::FileReport* report);

// Sets `reputation`, if the value is a whole number that fits.
void ReadReputation(json::value value, v1::Verdict* verdict);

// Notes that VirusTotal has sent the list `name`, and that it was empty.
template <typename List, typename Report>
void NoteIfEmpty(const char* name, const List& list, Report* report) {
  if (list.empty()) report->add_empty_lists(name);
}

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_API_REPORT_FIELDS_H_
