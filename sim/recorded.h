#ifndef VTLOOKUP_SIM_RECORDED_H_
#define VTLOOKUP_SIM_RECORDED_H_

#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "sim/facts.h"

namespace vtsim {

// Answers of the real service, from a folder. A file is found by the folder it
// lies in (`file`, `url`, `domain`, `ip`, at any depth) and by what its body
// says it is about: `resource`, `url`, the hashes, `scan_id`; in v3 its id and
// attributes. Reports of v2 about a domain or an address do not say; there the
// file's name does: `found-027.ru-2018.json`. Of two files about one thing, the
// later name wins. What lies below a folder `v3` is of that API.
class RecordedAnswers {
 public:
  using Json = nlohmann::ordered_json;

  // Reads every .json file below `folder`. Throws std::runtime_error, naming
  // the file, when one is not JSON or the folder cannot be read.
  void Load(const std::string& folder);

  // The answer about `canonical_name`, with `resource` as it was asked.
  std::optional<Json> FindV2(Kind kind, const std::string& canonical_name,
                             const std::string& resource) const;
  std::optional<Json> FindV3(Kind kind,
                             const std::string& canonical_name) const;
  std::optional<Json> FindV3Analysis(const std::string& id) const;

  size_t size() const { return v2_.size() + v3_.size() + analyses_.size(); }

 private:
  using Answers = std::map<std::pair<Kind, std::string>, Json>;

  void AddV2(Kind kind, const std::string& stem, const Json& body);
  void AddV3(const Json& body);

  Answers v2_;
  Answers v3_;
  std::map<std::string, Json> analyses_;  // v3's, by id
};

}  // namespace vtsim

#endif  // VTLOOKUP_SIM_RECORDED_H_
