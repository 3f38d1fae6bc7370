#ifndef VTLOOKUP_SIM_API_H_
#define VTLOOKUP_SIM_API_H_

#include <cstdint>
#include <string>
#include <vector>

#include "sim/request.h"

namespace vtsim {

// One of VirusTotal's APIs, without the HTTP. One thread at a time.
class Api {
 public:
  virtual ~Api() = default;

  // The API key of a request (empty: none), and the indicators it is about.
  virtual std::string KeyOf(const Request& request) const = 0;
  virtual std::vector<std::string> IndicatorsOf(
      const Request& request) const = 0;

  // The answers that depend on no indicator.
  virtual Response WrongKey(const std::string& key) const = 0;
  virtual Response QuotaUsedUp() const = 0;
  // The API's own answer with the HTTP status `status`.
  virtual Response Failure(int status) const = 0;

  // Answers a request that has a good key. `now` is in unix seconds.
  virtual Response Answer(const Request& request, int64_t now) = 0;
};

}  // namespace vtsim

#endif  // VTLOOKUP_SIM_API_H_
