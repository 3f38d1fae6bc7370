#ifndef VTLOOKUP_SIM_FAULTS_H_
#define VTLOOKUP_SIM_FAULTS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/facts.h"

namespace vtsim {

// The faults of one answer. Several may apply at once.
struct Fault {
  std::chrono::milliseconds latency{0};  // before the first byte
  std::chrono::milliseconds slow{0};     // time over which the body is spread
  std::optional<int> status;             // the API's own answer with this
                                         // status
  std::optional<size_t> cut;             // bytes of the body before the
                                         // connection ends
  std::optional<size_t> big;             // bytes of an oversized body
  bool junk = false;                     // status 200 with bytes that are not
                                         // JSON
  std::optional<int> html;               // status of an HTML page, as of a
                                         // proxy
  bool empty = false;                    // status 200 with an empty body
  bool reset = false;                    // the connection is reset
  bool hang = false;                     // nothing is ever sent
  bool plain = false;                    // never compressed
  std::optional<Outcome> outcome;        // no fault: the indicator's outcome

  struct Error {
    int status = 0;
    std::string code;
  };
  std::optional<Error> error;  // an error of v3

  std::string text;  // the text that was parsed
};

// A fault and the requests to which it applies.
struct FaultRule {
  std::string match;   // "*", a part of the indicator, or empty for `share`
  uint32_t share = 0;  // percent of all requests
  Fault fault;
};

// A help text with the syntax of a rule.
extern const char kFaultHelp[];

// Parses `MATCH=FAULT[+FAULT...]`. Returns nullopt when the text is not a rule.
std::optional<FaultRule> ParseFaultRule(std::string_view text);

// Returns the first rule that applies to the request, by its indicator and its
// number; null when none does.
const Fault* FindFault(const std::vector<FaultRule>& rules,
                       std::string_view indicator, uint64_t request_number);

}  // namespace vtsim

#endif  // VTLOOKUP_SIM_FAULTS_H_
