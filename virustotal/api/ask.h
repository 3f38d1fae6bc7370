#ifndef VTLOOKUP_VIRUSTOTAL_API_ASK_H_
#define VTLOOKUP_VIRUSTOTAL_API_ASK_H_

#include <cstdint>

namespace vtlookup {

// What VirusTotal is asked to do.
enum class Ask : uint8_t {
  kReport,          // tell what is known
  kReportOrSubmit,  // the same, and scan a URL that is not known
  kSubmit,          // scan a URL, known or not
};

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_API_ASK_H_
