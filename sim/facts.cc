#include "sim/facts.h"

#include <algorithm>
#include <array>
#include <string>

#include "sim/text.h"

namespace vtsim {
namespace {

constexpr std::array<std::string_view, 66> kEngines = {"Bkav",
                                                       "Lionic",
                                                       "Elastic",
                                                       "MicroWorld-eScan",
                                                       "FireEye",
                                                       "CAT-QuickHeal",
                                                       "McAfee",
                                                       "Malwarebytes",
                                                       "Zillya",
                                                       "Sangfor",
                                                       "K7AntiVirus",
                                                       "Alibaba",
                                                       "K7GW",
                                                       "CrowdStrike",
                                                       "BitDefenderTheta",
                                                       "VirIT",
                                                       "Symantec",
                                                       "ESET-NOD32",
                                                       "Baidu",
                                                       "TrendMicro-HouseCall",
                                                       "Paloalto",
                                                       "ClamAV",
                                                       "Kaspersky",
                                                       "BitDefender",
                                                       "NANO-Antivirus",
                                                       "ViRobot",
                                                       "Rising",
                                                       "Ad-Aware",
                                                       "Emsisoft",
                                                       "Comodo",
                                                       "F-Secure",
                                                       "DrWeb",
                                                       "VIPRE",
                                                       "TrendMicro",
                                                       "McAfee-GW-Edition",
                                                       "Trapmine",
                                                       "CMC",
                                                       "Sophos",
                                                       "Ikarus",
                                                       "GData",
                                                       "Jiangmin",
                                                       "Webroot",
                                                       "Avira",
                                                       "Antiy-AVL",
                                                       "Kingsoft",
                                                       "Gridinsoft",
                                                       "Arcabit",
                                                       "SUPERAntiSpyware",
                                                       "ZoneAlarm",
                                                       "Microsoft",
                                                       "Cynet",
                                                       "AhnLab-V3",
                                                       "Acronis",
                                                       "VBA32",
                                                       "ALYac",
                                                       "MAX",
                                                       "Cylance",
                                                       "Zoner",
                                                       "Tencent",
                                                       "Yandex",
                                                       "SentinelOne",
                                                       "MaxSecure",
                                                       "Fortinet",
                                                       "AVG",
                                                       "Panda",
                                                       "CLEAN MX"};
constexpr std::array<std::string_view, 4> kFileLabels = {
    "Trojan.GenericKD.32011371", "I-Worm.Allaple.gen", "Artemis!DAA573CE4C09",
    "Win32:Kryptik-JOV [Trj]"};
constexpr std::array<std::string_view, 3> kUrlLabels = {
    "phishing site", "malware site", "malicious site"};
constexpr std::array<std::string_view, 6> kCategories = {
    "parked",         "search engines",       "web images",
    "news and media", "computersandsoftware", "uncategorized"};
constexpr std::array<std::string_view, 5> kVendors = {
    "BitDefender", "Forcepoint ThreatSeeker", "Websense ThreatSeeker", "Dr.Web",
    "alphaMountain.ai"};
constexpr int64_t kEarliest = 1500000000;  // 2017-07-14

// Draws pseudo-random numbers that follow from a text.
class Draw {
 public:
  explicit Draw(std::string_view text) : hash_(Sha256Hex(text)) {}

  uint32_t Below(uint32_t bound) {
    if (at_ + 8 > hash_.size()) {
      hash_ = Sha256Hex(hash_);
      at_ = 0;
    }
    const auto value =
        static_cast<uint32_t>(std::stoul(hash_.substr(at_, 8), nullptr, 16));
    at_ += 8;
    return value % bound;
  }
  bool Chance(uint32_t percent) { return Below(100) < percent; }
  int64_t Time() { return kEarliest + Below(200000000); }
  template <typename Table>
  std::string From(const Table& table) {
    return std::string(table[Below(static_cast<uint32_t>(table.size()))]);
  }

 private:
  std::string hash_;
  size_t at_ = 0;
};

bool Says(std::string_view name, std::string_view word) {
  return name.find(word) != std::string_view::npos;
}

Outcome DrawOutcome(Kind kind, std::string_view name, Draw& draw) {
  const uint32_t chance = draw.Below(100);
  if (Says(name, "missing")) return Outcome::kMissing;
  if (Says(name, "queued")) return Outcome::kQueued;
  if (Says(name, "malicious") || Says(name, "clean")) return Outcome::kPresent;
  if (chance < 80) return Outcome::kPresent;
  if (chance < 95 || kind == Kind::kDomain || kind == Kind::kIp) {
    return Outcome::kMissing;
  }
  return Outcome::kQueued;
}

uint32_t DrawPositives(std::string_view name, Draw& draw) {
  const uint32_t chance = draw.Below(100);
  const uint32_t many = 5 + draw.Below(45);
  const uint32_t few = 1 + draw.Below(3);
  if (Says(name, "malicious")) return many;
  if (Says(name, "clean") || chance < 60) return 0;
  return chance < 80 ? few : many;
}

std::string HarmlessLabel(Kind kind, const std::string& category) {
  if (kind == Kind::kFile) return "";
  if (category == "suspicious") return "suspicious site";
  return category == "harmless" ? "clean site" : "unrated site";
}

void InventEngines(Draw& draw, Facts* facts) {
  const uint32_t count = 50 + draw.Below(kEngines.size() - 50);
  const uint32_t positives = DrawPositives(facts->name, draw);
  const bool file = facts->kind == Kind::kFile;
  for (uint32_t i = 0; i < count; ++i) {
    EngineFact engine;
    engine.name = kEngines[i];
    if (i < positives) {
      engine.category = "malicious";
      engine.label = file ? draw.From(kFileLabels) : draw.From(kUrlLabels);
    } else {
      const uint32_t chance = draw.Below(100);
      if (file || chance >= 90) {
        engine.category = "undetected";
      } else {
        engine.category = chance < 3 ? "suspicious" : "harmless";
      }
      engine.label = HarmlessLabel(facts->kind, engine.category);
    }
    if (file) {
      engine.version = std::to_string(1 + draw.Below(30)) + "." +
                       std::to_string(draw.Below(10)) + ".0";
      engine.update = "202001" + std::to_string(10 + draw.Below(20));
    }
    facts->engines.push_back(std::move(engine));
  }
  facts->silent_engines = draw.Below(5);
}

std::vector<CountedFact> InventCounted(Draw& draw, uint32_t count, bool urls,
                                       bool detected, const std::string& host) {
  std::vector<CountedFact> list;
  for (uint32_t i = 0; i < count; ++i) {
    const std::string tag = std::to_string(draw.Below(1000000));
    list.push_back(
        {.name = urls ? std::string("http://").append(host) + "/" + tag
                      : Sha256Hex(host + tag),
         .positives = detected ? 1 + draw.Below(20) : 0,
         .total = 50 + draw.Below(20),
         .time = draw.Time()});
  }
  return list;
}

void InventNetwork(Draw& draw, Facts* facts) {
  const std::string& name = facts->name;
  const bool bad = DrawPositives(name, draw) > 0;
  facts->detected_urls =
      InventCounted(draw, bad ? 1 + draw.Below(8) : 0, true, true, name);
  facts->undetected_urls =
      InventCounted(draw, draw.Below(8), true, false, name);
  facts->communicating =
      InventCounted(draw, bad ? draw.Below(5) : 0, false, true, name);
  facts->downloaded =
      InventCounted(draw, bad ? draw.Below(5) : 0, false, true, name);
  const uint32_t resolutions = draw.Below(12);
  for (uint32_t i = 0; i < resolutions; ++i) {
    facts->resolutions.emplace_back(
        facts->kind == Kind::kDomain
            ? "198.51.100." + std::to_string(draw.Below(256))
            : "host" + std::to_string(draw.Below(1000)) + ".example.net",
        draw.Time());
  }
  facts->whois = "Registrar: Example Registrar\nCreation Date: 2001-02-03\n";
  facts->whois_time = draw.Time();
}

void InventDomain(Draw& draw, Facts* facts) {
  InventNetwork(draw, facts);
  InventEngines(draw, facts);
  for (std::string_view vendor : kVendors) {
    if (!draw.Chance(60)) continue;
    const std::string category = draw.From(kCategories);
    facts->vendor_categories.emplace_back(vendor, category);
    auto& all = facts->categories;
    if (std::find(all.begin(), all.end(), category) == all.end()) {
      all.push_back(category);
    }
  }
  for (uint32_t i = draw.Below(4); i > 0; --i) {
    facts->subdomains.push_back("s" + std::to_string(draw.Below(100)) + "." +
                                facts->name);
    facts->siblings.push_back("sibling" + std::to_string(draw.Below(100)) +
                              ".example.com");
  }
}

void InventIp(Draw& draw, Facts* facts) {
  InventNetwork(draw, facts);
  InventEngines(draw, facts);
  facts->asn = 1 + draw.Below(400000);
  facts->as_owner = "Example Networks " + std::to_string(facts->asn % 100);
  facts->country = draw.Chance(50) ? "US" : "DE";
  facts->continent = facts->country == "US" ? "NA" : "EU";
  const bool v6 = facts->name.find(':') != std::string::npos;
  facts->network =
      v6 ? facts->name.substr(0, facts->name.find(':')) + "::/16"
         : facts->name.substr(0, facts->name.rfind('.') + 1) + "0/24";
}

void InventHashes(Facts* facts) {
  facts->sha256 = Sha256Hex("sha256 of " + facts->name);
  facts->sha1 = Sha256Hex("sha1 of " + facts->name).substr(0, 40);
  facts->md5 = Sha256Hex("md5 of " + facts->name).substr(0, 32);
  switch (facts->name.size()) {
    case 32:
      facts->md5 = facts->name;
      break;
    case 40:
      facts->sha1 = facts->name;
      break;
    default:
      facts->sha256 = facts->name;
      break;
  }
}

// Comes after all other facts, which must not depend on these draws.
void InventStatements(Draw& draw, Facts* facts) {
  const bool bad = facts->positives() > 0;
  const auto votes = static_cast<int32_t>(draw.Below(50));
  facts->reputation = bad ? -votes : votes;
  (bad ? facts->malicious_votes : facts->harmless_votes) = draw.Below(30);
  if (draw.Chance(50)) facts->tags.emplace_back(bad ? "spreader" : "known");
  facts->family = "family" + std::to_string(draw.Below(20));
  facts->has_gti = draw.Chance(30);
  facts->first_submitted = facts->analysed - 86400 * (1 + draw.Below(900));
  facts->last_submitted = facts->analysed - draw.Below(86400);
  facts->times_submitted = 1 + draw.Below(400);
  facts->size = 1 + draw.Below(5000000);
  facts->type = draw.Chance(60) ? "Win32 EXE" : "Text";
  for (uint32_t i = 1 + draw.Below(4); i > 0; --i) {
    facts->file_names.push_back("sample" + std::to_string(i) + ".bin");
  }
  if (draw.Chance(70)) facts->registrar = "Example Registrar";
}

}  // namespace

uint32_t Facts::positives() const {
  return static_cast<uint32_t>(std::count_if(
      engines.begin(), engines.end(),
      [](const auto& engine) { return engine.category == "malicious"; }));
}

std::string ScanId(const Facts& facts, int64_t time) {
  return facts.sha256 + "-" + std::to_string(time);
}

Facts InventFacts(Kind kind, std::string_view canonical_name) {
  Facts facts;
  facts.kind = kind;
  facts.name = canonical_name;
  Draw draw(std::to_string(static_cast<int>(kind)) + ":" + facts.name);
  facts.outcome = DrawOutcome(kind, facts.name, draw);
  facts.analysed = draw.Time();
  switch (kind) {
    case Kind::kUrl:
      facts.sha256 = Sha256Hex(facts.name);
      InventEngines(draw, &facts);
      break;
    case Kind::kFile:
      InventHashes(&facts);
      InventEngines(draw, &facts);
      break;
    case Kind::kDomain:
      InventDomain(draw, &facts);
      break;
    case Kind::kIp:
      InventIp(draw, &facts);
      break;
  }
  InventStatements(draw, &facts);
  return facts;
}

}  // namespace vtsim
