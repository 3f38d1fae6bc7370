#include "virustotal/v3/statements.h"

#include <cstdint>
#include <optional>
#include <string>

#include "virustotal/api/report_fields.h"

namespace vtlookup {
namespace {

void ReadVotes(json::value value, v1::Verdict* verdict) {
  if (!value.is_object()) return;
  v1::Votes* const votes = verdict->mutable_votes();
  ForEachField(value, [votes](std::string_view key, json::value field) {
    const uint32_t count = ReadCount(field).value_or(0);
    if (key == "harmless") votes->set_harmless(count);
    if (key == "malicious") votes->set_malicious(count);
  });
}

// Appends the `value` of each item, which VirusTotal has sorted by `count`.
template <typename Strings>
void ReadCountedNames(json::value value, Strings* out) {
  ForEachItem(value, [out](json::value item) {
    ForEachField(item, [out](std::string_view key, json::value field) {
      std::string text;
      if (key == "value") ReadText(field, &text);
      if (!text.empty()) *out->Add() = std::move(text);
    });
  });
}

void ReadThreat(json::value value, v1::Verdict* verdict) {
  ForEachField(value, [verdict](std::string_view key, json::value field) {
    if (key == "suggested_threat_label") {
      ReadText(field, verdict->mutable_threat_label());
    } else if (key == "popular_threat_category") {
      ReadCountedNames(field, verdict->mutable_threat_categories());
    } else if (key == "popular_threat_name") {
      ReadCountedNames(field, verdict->mutable_threat_families());
    }
  });
}

// Each part of an assessment is an object with a single member, `value`.
std::optional<json::value> ValueIn(json::value part) {
  std::optional<json::value> found;
  ForEachField(part, [&found](std::string_view key, json::value field) {
    if (key == "value") found = field;
  });
  return found;
}

void ReadGti(json::value value, v1::Verdict* verdict) {
  if (!value.is_object()) return;
  v1::GtiAssessment* const gti = verdict->mutable_gti();
  ForEachField(value, [gti](std::string_view key, json::value part) {
    const std::optional<json::value> said = ValueIn(part);
    if (!said.has_value()) return;
    if (key == "verdict") {
      ReadText(*said, gti->mutable_verdict());
    } else if (key == "severity") {
      ReadText(*said, gti->mutable_severity());
    } else if (key == "threat_score") {
      if (const auto score = ReadCount(*said)) gti->set_score(*score);
    }
  });
}

void ReadSandboxes(json::value value, v1::Verdict* verdict) {
  ForEachField(value, [verdict](std::string_view name, json::value sandbox) {
    v1::SandboxVerdict* const out = verdict->add_sandbox_verdicts();
    out->set_sandbox(std::string(name));
    ForEachField(sandbox, [out](std::string_view key, json::value field) {
      if (key == "category") {
        ReadText(field, out->mutable_category());
      } else if (key == "confidence") {
        if (const auto count = ReadCount(field)) out->set_confidence(*count);
      } else if (key == "malware_classification") {
        ReadTexts(field, out->mutable_classifications());
      } else if (key == "malware_names") {
        ReadTexts(field, out->mutable_malware_names());
      }
    });
  });
}

}  // namespace

bool ReadStatementV3(std::string_view key, json::value value,
                     v1::Verdict* verdict) {
  if (ReadSharedStatement(key, value, verdict)) return true;
  if (key == "reputation") {
    ReadReputation(value, verdict);
  } else if (key == "total_votes") {
    ReadVotes(value, verdict);
  } else if (key == "popular_threat_classification") {
    ReadThreat(value, verdict);
  } else if (key == "threat_names") {
    ReadTexts(value, verdict->mutable_threat_families());
  } else if (key == "gti_assessment") {
    ReadGti(value, verdict);
  } else if (key == "first_submission_date") {
    if (const auto seconds = ReadUnixTime(value)) {
      verdict->mutable_first_submitted()->set_seconds(*seconds);
    }
  } else if (key == "last_submission_date") {
    if (const auto seconds = ReadUnixTime(value)) {
      verdict->mutable_last_submitted()->set_seconds(*seconds);
    }
  } else if (key == "names") {
    ReadTexts(value, verdict->mutable_names());
  } else if (key == "sandbox_verdicts") {
    ReadSandboxes(value, verdict);
  } else {
    return false;
  }
  return true;
}

void ReadCountsV3(json::value stats, v1::Verdict* verdict) {
  if (!stats.is_object()) return;
  v1::EngineCounts* const counts = verdict->mutable_counts();
  ForEachField(stats, [counts](std::string_view key, json::value field) {
    const std::optional<uint32_t> count = ReadCount(field);
    if (!count.has_value()) return;
    if (key == "malicious") {
      counts->set_malicious(*count);
    } else if (key == "suspicious") {
      counts->set_suspicious(*count);
    } else if (key == "undetected") {
      counts->set_undetected(*count);
    } else if (key == "harmless") {
      counts->set_harmless(*count);
    } else if (key == "timeout" || key == "confirmed-timeout") {
      counts->set_timeout(counts->timeout() + *count);
    } else if (key == "failure") {
      counts->set_failure(*count);
    } else if (key == "type-unsupported") {
      counts->set_unsupported(*count);
    }
  });
}

}  // namespace vtlookup
