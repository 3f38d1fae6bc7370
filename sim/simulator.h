#ifndef VTLOOKUP_SIM_SIMULATOR_H_
#define VTLOOKUP_SIM_SIMULATOR_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "sim/faults.h"
#include "sim/recorded.h"
#include "sim/request.h"
#include "sim/v2_api.h"
#include "sim/v3_api.h"
#include "sim/world.h"

namespace vtsim {

// VirusTotal as it answers on both APIs, without the HTTP: keys, quotas and
// faults, with one world behind both. One thread at a time.
class Simulator {
 public:
  struct Options {
    std::set<std::string> keys = {};  // accepted; empty: any
    uint32_t per_minute = 0;          // quota of each key; 0: no quota
    size_t batch_limit = 4;           // most answers in one array of v2
    bool premium = false;             // keys may use premium endpoints
    int64_t queue_seconds = 60;       // time until a scan is done
    std::vector<FaultRule> faults = {};
  };

  // Borrows the recorded answers.
  Simulator(Options options, const RecordedAnswers& recorded);

  // Answers a request. `now` is in unix seconds.
  Response Answer(const Request& request, int64_t now);

  // Returns the API key of a request; empty when it has none.
  std::string KeyOf(const Request& request) const;

  uint64_t requests() const { return world_.requests(); }

 private:
  Api* FindApi(const std::string& path);
  Response AnswerOf(Api& api, const Request& request, int64_t now);
  bool TakeQuota(const std::string& key, int64_t now);

  const Options options_;
  World world_;
  V2Api v2_;
  V3Api v3_;
  std::map<std::string, std::deque<int64_t>> last_minute_;  // by key
};

}  // namespace vtsim

#endif  // VTLOOKUP_SIM_SIMULATOR_H_
