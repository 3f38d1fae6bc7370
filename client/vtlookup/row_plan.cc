#include "vtlookup/row_plan.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "vtlookup/v1/lookup.pb.h"
#include "vtlookup/v1/verdict.pb.h"

namespace vtlookup {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

const Descriptor* ReportOf(v1::DnifLookup lookup) {
  switch (lookup) {
    case v1::DNIF_LOOKUP_GET_DOMAIN_REPORT:
      return v1::DomainReport::descriptor();
    case v1::DNIF_LOOKUP_GET_IP_REPORT:
      return v1::IpReport::descriptor();
    case v1::DNIF_LOOKUP_GET_FILEHASH_REPORT:
      return v1::FileReport::descriptor();
    default:
      return v1::UrlReport::descriptor();
  }
}

// Returns the row fields that a field of a message sets in this lookup.
std::vector<v1::DnifField> FieldsFedBy(const FieldDescriptor& field,
                                       v1::DnifLookup lookup) {
  std::vector<v1::DnifField> fed;
  const auto& options = field.options();
  for (int i = 0; i < options.ExtensionSize(v1::dnif_field); ++i) {
    const v1::DnifField& target = options.GetExtension(v1::dnif_field, i);
    const auto& lookups = target.lookups();
    if (lookups.empty() ||
        std::find(lookups.begin(), lookups.end(), lookup) != lookups.end()) {
      fed.push_back(target);
    }
  }
  return fed;
}

size_t IndexOf(const std::string& name, std::vector<std::string>* names) {
  const auto found = std::find(names->begin(), names->end(), name);
  const auto index = static_cast<size_t>(found - names->begin());
  if (found == names->end()) names->push_back(name);
  return index;
}

RowSource SourceOf(const FieldDescriptor& field, const v1::DnifField& fed,
                   std::vector<std::string>* names) {
  RowSource source{.field = &field,
                   .target = IndexOf(fed.name(), names),
                   .only_code = {},
                   .when_absent = {},
                   .keep_empty = fed.keep_empty(),
                   .member = nullptr,
                   .detected = nullptr,
                   .detected_value = fed.detected()};
  if (fed.has_only_code()) source.only_code = fed.only_code();
  if (fed.has_when_absent()) {
    source.when_absent = absl::StrCat(fed.when_absent());
  }
  if (const Descriptor* const item = field.message_type();
      item != nullptr && field.is_repeated()) {
    source.member = item->FindFieldByName(fed.member());
    if (fed.has_detected()) source.detected = item->FindFieldByName("detected");
  }
  return source;
}

RowPlan MakePlan(v1::DnifLookup lookup) {
  RowPlan plan{.report = ReportOf(lookup),
               .names = {},
               .sources = {},
               .by_number = {},
               .url = {}};
  for (const Descriptor* message : {v1::Verdict::descriptor(), plan.report,
                                    v1::LookupResponse::descriptor()}) {
    std::vector<RowSource>& sources = plan.sources[message];
    for (int i = 0; i < message->field_count(); ++i) {
      for (const v1::DnifField& fed : FieldsFedBy(*message->field(i), lookup)) {
        sources.push_back(SourceOf(*message->field(i), fed, &plan.names));
      }
    }
  }
  for (const auto& [message, sources] : plan.sources) {
    std::vector<std::vector<RowSource>>& its = plan.by_number[message];
    for (const RowSource& source : sources) {
      const auto number = static_cast<size_t>(source.field->number());
      if (its.size() <= number) its.resize(number + 1);
      its[number].push_back(source);
    }
  }
  if (plan.report == v1::UrlReport::descriptor()) {
    plan.url = IndexOf("$VTURL", &plan.names);
  }
  return plan;
}

}  // namespace

const RowPlan& RowPlanOf(v1::DnifLookup lookup) {
  static const auto* const plans = [] {
    auto* const all = new std::array<RowPlan, v1::DnifLookup_ARRAYSIZE>;
    for (int each = 0; each < v1::DnifLookup_ARRAYSIZE; ++each) {
      (*all)[static_cast<size_t>(each)] =
          MakePlan(static_cast<v1::DnifLookup>(each));
    }
    return all;
  }();
  return plans->at(static_cast<size_t>(lookup));
}

}  // namespace vtlookup
