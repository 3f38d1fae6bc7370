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

// Everything that both APIs know: the invented facts, the recorded answers, and
// the submitted URLs. One thread at a time.
class World {
 public:
  // Borrows both. A rule may set the outcome of an indicator; a submitted URL
  // has a report after `queue_seconds`.
  World(const std::vector<FaultRule>& rules, const RecordedAnswers& recorded,
        int64_t queue_seconds)
      : rules_(rules), recorded_(recorded), queue_seconds_(queue_seconds) {}

  const RecordedAnswers& recorded() const { return recorded_; }

  // Counts the requests so far.
  void CountRequest() { ++requests_; }
  uint64_t requests() const { return requests_; }

  Facts FactsOf(Kind kind, const std::string& name) const;

  // The state of a submitted URL.
  struct Submission {
    int64_t time = 0;
    bool done = false;
  };
  void Submit(const std::string& url, int64_t now);
  std::optional<Submission> SubmissionOf(const std::string& url,
                                         int64_t now) const;

  // A scan id, `<sha256>-<time>`, is known once it was sent in an answer.
  void NoteScan(const std::string& scan_id, const std::string& url);
  std::optional<std::string> UrlOfScan(const std::string& scan_id) const;
  // Returns the URL with this hash, if its scan id was noted.
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
