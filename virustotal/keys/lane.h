#ifndef VTLOOKUP_VIRUSTOTAL_KEYS_LANE_H_
#define VTLOOKUP_VIRUSTOTAL_KEYS_LANE_H_

#include <cstdint>

namespace vtlookup {

// Who a request to VirusTotal is for, the most urgent first. A part of the day
// is reserved for the first; the last lives on what is to spare.
enum class Lane : uint8_t {
  kInteractive,  // somebody waits for it
  kBulk,         // a batch does
  kBackground,   // nobody does, yet
};

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_KEYS_LANE_H_
