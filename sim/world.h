#ifndef VTLOOKUP_SIM_WORLD_H_
#define VTLOOKUP_SIM_WORLD_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/facts.h"
#include "sim/faults.h"
#include "sim/recorded.h"

namespace vtsim {

// What is known, whichever API tells it: the invented facts, the recorded
// answers, and the URLs that were handed in. One thread.
class World {
 public:
  // Borrows both. A rule may say where an indicator stands; a URL that is
  // handed in has a report after `queue_seconds`.
  World(const std::vector<FaultRule>& rules, const RecordedAnswers& recorded,
        int64_t queue_seconds)
      : rules_(rules), recorded_(recorded), queue_seconds_(queue_seconds) {}

  const RecordedAnswers& recorded() const { return recorded_; }

  // Requests so far.
  void CountRequest() { ++requests_; }
  uint64_t requests() const { return requests_; }

  Facts FactsOf(Kind kind, const std::string& name) const;

  // Where a URL stands that was handed in.
  struct Submission {
    int64_t time = 0;
    bool done = false;
  };
  void Submit(const std::string& url, int64_t now);
  std::optional<Submission> SubmissionOf(const std::string& url,
                                         int64_t now) const;

  // Scan ids, `<sha256>-<time>`, are known once they have been told.
  void NoteScan(const std::string& scan_id, const std::string& url);
  std::optional<std::string> UrlOfScan(const std::string& scan_id) const;
  // A URL that was told, by the sha256 of it.
  std::optional<std::string> UrlOfSha256(const std::string& sha256) const;

 private:
  const std::vector<FaultRule>& rules_;
  const RecordedAnswers& recorded_;
  const int64_t queue_seconds_;
  uint64_t requests_ = 0;
  std::map<std::string, int64_t> submitted_;  // canonical URL -> when
  std::map<std::string, std::string> scans_;  // scan id -> canonical URL
  std::map<std::string, std::string> urls_;   // sha256 -> canonical URL
};

bool IsScanId(const std::string& text);

}  // namespace vtsim

#endif  // VTLOOKUP_SIM_WORLD_H_
