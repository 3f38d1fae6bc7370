// Compares the fields of rows, written out here by hand, with the options on
// the fields of the reports.

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "vtlookup/v1/lookup.pb.h"
#include "vtlookup/v1/verdict.pb.h"

namespace vtlookup {
namespace {

using Names = std::set<std::string>;

const std::map<v1::DnifLookup, Names> kExpected = {
    {v1::DNIF_LOOKUP_GET_URL_REPORT,
     {"$VTURL", "$VTPermalink", "$VTPositive", "$VTNegative", "$VTPositives",
      "$VTResponseCode", "$VTTotal", "$VTSystemTstamp", "$VTMessage",
      "$VTScanID", "$VTStale"}},
    {v1::DNIF_LOOKUP_GET_DOMAIN_REPORT,
     {"$VTURL", "$VTCategories", "$VTSiteClass",
      "$VTWebsenseThreatSeekercategory", "$VTForcepointThreatSeekerCategory",
      "$VTDomainList", "$VTSubDomainList", "$VTWebutationVerdict",
      "$VTWebutationSafetyScore", "$VTPassiveDNSReplication", "$VTResponseCode",
      "$VTWHOIS",
      // API v2 has none of these.
      "$VTPositives", "$VTTotal", "$VTPermalink", "$VTSystemTstamp",
      // Of an unusable value.
      "$VTMessage", "$VTStale"}},
    {v1::DNIF_LOOKUP_GET_IP_REPORT,
     {"$VTOwner", "$VTASN", "$VTCN", "$VTURL", "$VTPassiveDNSReplication",
      "$VTCommunicatingSamples", "$VTDownloadedSamples", "$VTResponseCode",
      "$VTPositives", "$VTTotal", "$VTPermalink", "$VTSystemTstamp",
      "$VTMessage", "$VTStale"}},
    {v1::DNIF_LOOKUP_GET_FILEHASH_REPORT,
     {"$VTmd5", "$VTsha1", "$VTsha256", "$VTPermalink", "$VTPositive",
      "$VTNegative", "$VTPositives", "$VTTotal", "$VTResponseCode",
      "$VTSystemTstamp", "$VTScanID", "$VTMessage", "$VTStale"}},
    {v1::DNIF_LOOKUP_POST_SCAN_URL,
     {"$VTURL", "$VTScanID", "$VTPermalink", "$VTResponseCode",
      "$VTSystemTstamp", "$VTMessage"}}};

const google::protobuf::Descriptor* ReportOf(v1::DnifLookup lookup) {
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

void Collect(const google::protobuf::Descriptor& message, v1::DnifLookup lookup,
             Names* names) {
  for (int i = 0; i < message.field_count(); ++i) {
    const auto& options = message.field(i)->options();
    for (int j = 0; j < options.ExtensionSize(v1::dnif_field); ++j) {
      const v1::DnifField& field = options.GetExtension(v1::dnif_field, j);
      bool applies = field.lookups().empty();
      for (const int each : field.lookups()) applies |= each == lookup;
      if (applies) names->insert(field.name());
      if (!field.member().empty()) {
        EXPECT_NE(
            message.field(i)->message_type()->FindFieldByName(field.member()),
            nullptr)
            << field.name();
      }
    }
  }
}

TEST(DnifFields, EachLookupHasTheFieldsOfThePlugin) {
  for (const auto& [lookup, expected] : kExpected) {
    Names names;
    Collect(*v1::Verdict::descriptor(), lookup, &names);
    Collect(*ReportOf(lookup), lookup, &names);
    Collect(*v1::LookupResponse::descriptor(), lookup, &names);
    EXPECT_EQ(names, expected) << v1::DnifLookup_Name(lookup);
  }
}

}  // namespace
}  // namespace vtlookup
