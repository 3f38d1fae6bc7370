#ifndef VTLOOKUP_SIM_API_H_
#define VTLOOKUP_SIM_API_H_

#include <cstdint>
#include <string>
#include <vector>

#include "sim/request.h"

namespace vtsim {

// One of VirusTotal's APIs, without the HTTP. One thread.
class Api {
 public:
  virtual ~Api() = default;

  // What the request says: its key, and what it is about.
  virtual std::string KeyOf(const Request& request) const = 0;
  virtual std::vector<std::string> IndicatorsOf(
      const Request& request) const = 0;

  // The answers that do not depend on what is known.
  virtual Response WrongKey(const std::string& key) const = 0;
  virtual Response QuotaUsedUp() const = 0;
  // As the service itself would answer with that status.
  virtual Response Failure(int status) const = 0;

  // The answer to a request with a good key; `now` in unix seconds.
  virtual Response Answer(const Request& request, int64_t now) = 0;
};

}  // namespace vtsim

#endif  // VTLOOKUP_SIM_API_H_
