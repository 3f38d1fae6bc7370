#ifndef VTLOOKUP_CORE_RESPONSE_CODE_H_
#define VTLOOKUP_CORE_RESPONSE_CODE_H_

#include <cstdint>
#include <optional>

namespace vtlookup {

// The `response_code` of VirusTotal's API v2, and of `Verdict` in our own API.
// The numbers are on the wire and in the cache.
enum class ResponseCode : int8_t {
  kPresent = 1,   // VirusTotal has a report
  kMissing = 0,   // VirusTotal does not know the indicator
  kInvalid = -1,  // the value is not one that can be looked up
  kQueued = -2,   // VirusTotal is scanning; the report comes later
};

constexpr int32_t NumberOf(ResponseCode code) {
  return static_cast<int32_t>(code);
}

// Returns nullopt for a number that is no response code.
constexpr std::optional<ResponseCode> ResponseCodeOf(int64_t number) {
  if (number < NumberOf(ResponseCode::kQueued) ||
      number > NumberOf(ResponseCode::kPresent)) {
    return std::nullopt;
  }
  return static_cast<ResponseCode>(number);
}

// Compares the number in a message with a code.
constexpr bool operator==(int64_t number, ResponseCode code) {
  return number == NumberOf(code);
}

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_RESPONSE_CODE_H_
