#ifndef VTLOOKUP_CORE_RAW_REPORT_H_
#define VTLOOKUP_CORE_RAW_REPORT_H_

#include <string>
#include <string_view>

namespace vtlookup {

// A report as VirusTotal sent it: a byte that says in which version of its API,
// '2' or '3', and then the JSON. The functions are thread-safe.

// REQUIRES: `api` is '2' or '3'.
inline std::string RawReport(char api, std::string_view json) {
  std::string raw;
  raw.reserve(1 + json.size());
  raw.push_back(api);
  raw.append(json);
  return raw;
}

// Whether the bytes are a report of this form.
inline bool IsRawReport(std::string_view raw) {
  return raw.size() > 1 && (raw.front() == '2' || raw.front() == '3');
}

// The JSON, and the version as `v2` or `v3`. REQUIRES: IsRawReport(raw).
inline std::string_view JsonOfRaw(std::string_view raw) {
  return raw.substr(1);
}
inline std::string_view ApiOfRaw(std::string_view raw) {
  return raw.front() == '2' ? "v2" : "v3";
}

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_RAW_REPORT_H_
