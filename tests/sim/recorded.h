#ifndef VTLOOKUP_TESTS_SIM_RECORDED_H_
#define VTLOOKUP_TESTS_SIM_RECORDED_H_

#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "tests/sim/facts.h"

namespace vtsim {

// Answers of the real service, from a folder. A file is found by the folder it
// lies in (`file`, `url`, `domain`, `ip`, at any depth) and by what its body
// says it is about: `resource`, `url`, the hashes, `scan_id`. Reports about a
// domain or an address do not say; there the file's name does:
// `found-027.ru-2018.json`. Of two files about one thing, the later name wins.
class RecordedAnswers {
 public:
  using Json = nlohmann::ordered_json;

  // Reads every .json file below `folder`. Throws std::runtime_error, naming
  // the file, when one is not JSON or the folder cannot be read.
  void Load(const std::string& folder);

  // The answer about `canonical_name`, with `resource` as it was asked.
  std::optional<Json> Find(Kind kind, const std::string& canonical_name,
                           const std::string& resource) const;

  size_t size() const { return answers_.size(); }

 private:
  void Add(Kind kind, const std::string& stem, const Json& body);

  std::map<std::pair<Kind, std::string>, Json> answers_;
};

}  // namespace vtsim

#endif  // VTLOOKUP_TESTS_SIM_RECORDED_H_
