// A trap of API v3: relationships inside an object hold only ids, and the id of
// a resolution is the address and the host name in one text.

#include "virustotal/v3/relationships.h"

#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/strip.h"
#include "core/text.h"
#include "virustotal/api/report_fields.h"

namespace vtlookup {
namespace {

// Calls `visit` for the id of each member. Returns whether the relationship is
// a list.
template <typename Visit>
bool ForEachId(json::value relationship, Visit visit) {
  bool is_list = false;
  ForEachField(relationship, [&](std::string_view name, json::value list) {
    if (name != "data") return;
    is_list = list.is_array();
    ForEachItem(list, [&](json::value member) {
      ForEachField(member, [&](std::string_view key, json::value field) {
        if (key != "id") return;
        std::string id;
        ReadText(field, &id);
        if (!id.empty()) visit(std::move(id));
      });
    });
  });
  return is_list;
}

// Splits the id of a resolution: an address, directly followed by the host
// name. The asked indicator is one half of it, and the resolution gets the
// other half. The resolution of a domain is empty if the id does not begin with
// an address.
v1::Resolution ResolutionOf(const Indicator& asked, std::string_view id) {
  v1::Resolution resolution;
  absl::string_view rest = ToAbsl(id);
  if (asked.kind() == Kind::kDomain &&
      absl::ConsumeSuffix(&rest, ToAbsl(asked.text())) &&
      Indicator::Parse(Kind::kIp, ToStd(rest)).ok()) {
    resolution.set_ip_address(std::string(rest));
  } else if (asked.kind() == Kind::kIp &&
             absl::ConsumePrefix(&rest, ToAbsl(asked.text()))) {
    resolution.set_host_name(std::string(rest));
  }
  return resolution;
}

template <typename Report>
bool ReadNetworkRelationship(const Indicator& asked, std::string_view name,
                             json::value value, Report* report) {
  if (name == "resolutions") {
    const bool sent = ForEachId(value, [&](const std::string& id) {
      v1::Resolution resolution = ResolutionOf(asked, id);
      if (resolution.ByteSizeLong() > 0) {
        *report->add_resolutions() = std::move(resolution);
      }
    });
    if (sent) NoteIfEmpty("resolutions", report->resolutions(), report);
  } else if (name == "communicating_files") {
    const bool sent = ForEachId(value, [report](std::string id) {
      report->add_communicating_files()->set_sha256(std::move(id));
    });
    if (sent) {
      NoteIfEmpty("communicating_files", report->communicating_files(), report);
    }
  } else {
    return false;
  }
  return true;
}

}  // namespace

void ReadRelationshipsV3(const Indicator& asked, json::value value,
                         v1::Verdict* verdict) {
  ForEachField(value, [&](std::string_view name, json::value relationship) {
    if (asked.kind() == Kind::kIp) {
      ReadNetworkRelationship(asked, name, relationship, verdict->mutable_ip());
    } else if (asked.kind() == Kind::kDomain) {
      v1::DomainReport* const report = verdict->mutable_domain();
      if (ReadNetworkRelationship(asked, name, relationship, report)) return;
      if (name != "siblings" && name != "subdomains") return;
      auto* const domains = name == "siblings" ? report->mutable_siblings()
                                               : report->mutable_subdomains();
      const bool sent = ForEachId(relationship, [domains](std::string id) {
        *domains->Add() = std::move(id);
      });
      if (sent) {
        NoteIfEmpty(name == "siblings" ? "siblings" : "subdomains", *domains,
                    report);
      }
    }
  });
}

}  // namespace vtlookup
