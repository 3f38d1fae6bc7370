#ifndef VTLOOKUP_SIM_FACTS_H_
#define VTLOOKUP_SIM_FACTS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace vtsim {

enum class Kind { kUrl, kDomain, kIp, kFile };
enum class Outcome { kPresent, kMissing, kQueued };

struct EngineFact {
  std::string name;
  std::string category;  // in the words of v3: malicious, suspicious, ...
  std::string label;     // "phishing site", "Trojan.Generic"; may be empty
  std::string version;
  std::string update;  // YYYYMMDD
};

struct CountedFact {  // a URL, or a file by its sha256
  std::string name;
  uint32_t positives = 0;
  uint32_t total = 0;
  int64_t time = 0;
};

// All that is true of one indicator, in every API. It follows from the
// indicator alone, so every run and every API gives the same answers.
struct Facts {
  Kind kind = Kind::kUrl;
  std::string name;  // canonical
  Outcome outcome = Outcome::kMissing;
  int64_t analysed = 0;  // unix time
  std::vector<EngineFact> engines;

  std::string md5, sha1, sha256;  // of a file, or sha256 of the URL

  // For a domain or an IP address.
  std::vector<std::string> categories;
  std::vector<std::pair<std::string, std::string>> vendor_categories;
  std::vector<std::string> siblings;
  std::vector<std::string> subdomains;
  std::vector<std::pair<std::string, int64_t>> resolutions;
  std::vector<CountedFact> detected_urls;
  std::vector<CountedFact> undetected_urls;
  std::vector<CountedFact> communicating;
  std::vector<CountedFact> downloaded;
  std::string whois;
  int64_t whois_time = 0;
  std::string as_owner, country, continent, network;
  uint32_t asn = 0;

  // Engines without an opinion: they timed out, or do not support the type.
  // Only v3 shows them.
  uint32_t silent_engines = 0;

  // What VirusTotal says besides its engines. Only v3 shows these.
  int32_t reputation = 0;
  uint32_t harmless_votes = 0;
  uint32_t malicious_votes = 0;
  std::vector<std::string> tags;
  std::string family;  // a name of malware
  bool has_gti = false;
  int64_t first_submitted = 0;  // unix time; of a domain: registered
  int64_t last_submitted = 0;
  uint32_t times_submitted = 0;
  uint64_t size = 0;  // of a file, as the next two
  std::string type;
  std::vector<std::string> file_names;  // not empty
  std::string registrar;                // of a domain; may be empty

  uint32_t positives() const;
  uint32_t total() const { return static_cast<uint32_t>(engines.size()); }
};

// Returns `<sha256>-<time>`: the id of a scan in v2, and a part of that id in
// v3.
std::string ScanId(const Facts& facts, int64_t time);

// Invents the facts of an indicator. Words in its name decide the outcome:
// "missing", "queued", "malicious", "clean"; otherwise its hash does.
Facts InventFacts(Kind kind, std::string_view canonical_name);

}  // namespace vtsim

#endif  // VTLOOKUP_SIM_FACTS_H_
