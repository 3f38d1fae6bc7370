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

// What goes wrong with one answer. Several may be said together.
struct Fault {
  std::chrono::milliseconds latency{0};  // before the first byte
  std::chrono::milliseconds slow{0};     // over which the body is spread
  std::optional<int> status;             // as the API itself would say it
  std::optional<size_t> cut;             // this much of the body, then the end
  std::optional<size_t> big;             // a body of this size
  bool junk = false;                     // 200 with bytes that are no JSON
  std::optional<int> html;               // a page from something in between
  bool empty = false;                    // 200 with nothing
  bool reset = false;                    // the connection is torn down
  bool hang = false;                     // nothing, ever
  bool plain = false;                    // not compressed, whatever was asked
  std::optional<Outcome> outcome;        // no fault: where the indicator stands

  struct Error {
    int status = 0;
    std::string code;
  };
  std::optional<Error> error;  // an error of v3

  std::string text;  // as it was given
};

// A fault and what it befalls.
struct FaultRule {
  std::string match;   // "*", a part of the indicator, or empty for `share`
  uint32_t share = 0;  // percent of all requests
  Fault fault;
};

// The syntax of a rule, for people.
extern const char kFaultHelp[];

// `MATCH=FAULT[+FAULT...]`. Nothing when it makes no sense.
std::optional<FaultRule> ParseFaultRule(std::string_view text);

// The first rule that befalls the request, by its indicator and its number.
const Fault* FindFault(const std::vector<FaultRule>& rules,
                       std::string_view indicator, uint64_t request_number);

}  // namespace vtsim

#endif  // VTLOOKUP_SIM_FAULTS_H_
