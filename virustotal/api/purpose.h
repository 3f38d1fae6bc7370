#ifndef VTLOOKUP_VIRUSTOTAL_API_PURPOSE_H_
#define VTLOOKUP_VIRUSTOTAL_API_PURPOSE_H_

#include <cstdint>

namespace vtlookup {

// The request to VirusTotal.
enum class Purpose : uint8_t {
  kReport,          // the report that exists
  kReportOrSubmit,  // as kReport; a URL that is not known is scanned
  kSubmit,          // scan a URL, known or not
};

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_API_PURPOSE_H_
