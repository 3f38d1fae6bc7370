#ifndef VTLOOKUP_SIM_RECORDED_H_
#define VTLOOKUP_SIM_RECORDED_H_

#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "sim/facts.h"

namespace vtsim {

// Recorded answers of the real service, from a folder. A file is found by the
// folder it is in (`file`, `url`, `domain`, `ip`, at any depth) and by what its
// body is about: `resource`, `url`, the hashes, `scan_id`; in v3 the id and
// attributes. Reports of v2 about a domain or an address do not contain it, so
// the file's name does: `found-027.ru-2018.json`. If two files are about one
// thing, the later name wins. Files below a folder `v3` belong to that API. One
// thread at a time.
class RecordedAnswers {
 public:
  using Json = nlohmann::ordered_json;

  // Reads every .json file below `folder`. Throws std::runtime_error when a
  // file is not JSON (the text names the file) or the folder cannot be read.
  void Load(const std::string& folder);

  // Returns the answer about `canonical_name`; nullopt when there is none.
  // FindV2 puts `resource` into it, as it was requested.
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
