// Which names in a report count, and which outweighs which. The ids are
// sha256sum's.

#include "virustotal/v2/about.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

#include "tests/virustotal/api/answer_helpers.h"

namespace vtlookup {
namespace {

ReportV2 Named(std::string resource) {
  ReportV2 report;
  report.resource = std::move(resource);
  return report;
}

AboutV2 WhatIs(const ReportV2& report, Kind kind, std::string_view asked) {
  return WhatIsItAboutV2(report, Of(kind, asked));
}

const std::string kMd5(32, 'a');
const std::string kSha1(40, 'b');
const std::string kSha256(64, 'c');

TEST(AboutV2, AFileIsNamedByEachOfItsHashes) {
  EXPECT_EQ(WhatIs(Named(kMd5), Kind::kFile, kMd5), AboutV2::kIt);
  EXPECT_EQ(WhatIs(Named(std::string(32, 'A')), Kind::kFile, kMd5),
            AboutV2::kIt);
  EXPECT_EQ(WhatIs(Named(std::string(32, 'f')), Kind::kFile, kMd5),
            AboutV2::kAnother);
  ReportV2 report;
  report.verdict->mutable_file()->set_md5(kMd5);
  report.verdict->mutable_file()->set_sha1(kSha1);
  report.verdict->mutable_file()->set_sha256(kSha256);
  for (const std::string& hash : {kMd5, kSha1, kSha256}) {
    EXPECT_EQ(WhatIs(report, Kind::kFile, hash), AboutV2::kIt) << hash;
  }
  EXPECT_EQ(WhatIs(report, Kind::kFile, std::string(40, 'f')),
            AboutV2::kAnother);
}

TEST(AboutV2, AHashOfAnotherLengthSaysNothing) {
  EXPECT_EQ(WhatIs(Named(kSha1), Kind::kFile, kMd5), AboutV2::kUnsaid);
  EXPECT_EQ(WhatIs(Named("no hash"), Kind::kFile, kMd5), AboutV2::kUnsaid);
  EXPECT_EQ(WhatIs(Named(""), Kind::kFile, kMd5), AboutV2::kUnsaid);
}

// `resource` only echoes the question.
TEST(AboutV2, ANameOfSomethingElseOutweighsTheEcho) {
  ReportV2 report = Named(kMd5);
  report.verdict->mutable_file()->set_md5(std::string(32, 'f'));
  EXPECT_EQ(WhatIs(report, Kind::kFile, kMd5), AboutV2::kAnother);
  ReportV2 scanned = Named(kMd5);
  scanned.verdict->mutable_file()->set_sha256(kSha256);
  scanned.verdict->set_scan_id(std::string(64, 'd') + "-1");
  EXPECT_EQ(WhatIs(scanned, Kind::kFile, kMd5), AboutV2::kAnother);
  scanned.verdict->set_scan_id(kSha256 + "-1");
  EXPECT_EQ(WhatIs(scanned, Kind::kFile, kMd5), AboutV2::kIt);
}

TEST(AboutV2, AUrlIsNamedByTextAndById) {
  EXPECT_EQ(WhatIs(Named("evil-asked.com"), Kind::kUrl, kEvil), AboutV2::kIt);
  EXPECT_EQ(WhatIs(Named(kOther), Kind::kUrl, kEvil), AboutV2::kAnother);
  EXPECT_EQ(WhatIs(Named(""), Kind::kUrl, kEvil), AboutV2::kUnsaid);
  ReportV2 report = Named(kEvil);
  report.verdict->mutable_url()->set_url(kEvil);
  report.verdict->set_scan_id(std::string(kOtherId) + "-1");
  EXPECT_EQ(WhatIs(report, Kind::kUrl, kEvil), AboutV2::kIt)
      << "just queued: the hash in the scan id is another one";
  report.verdict->set_positives(0);
  EXPECT_EQ(WhatIs(report, Kind::kUrl, kEvil), AboutV2::kAnother);
  report.verdict->set_scan_id(std::string(kEvilId) + "-1");
  EXPECT_EQ(WhatIs(report, Kind::kUrl, kEvil), AboutV2::kIt);
}

TEST(AboutV2, AScanIsThatOfItsUrl) {
  const std::string asked = std::string(kEvilId) + "-7";
  EXPECT_EQ(WhatIs(Named(asked), Kind::kUrlScan, asked), AboutV2::kIt);
  EXPECT_EQ(WhatIs(Named(std::string(kEvilId) + "-8"), Kind::kUrlScan, asked),
            AboutV2::kAnother);
  ReportV2 report;
  report.verdict->set_scan_id(std::string(kEvilId) + "-9");
  EXPECT_EQ(WhatIs(report, Kind::kUrlScan, asked), AboutV2::kIt)
      << "the latest scan of the same URL";
  report.verdict->mutable_url()->set_url(kOther);
  EXPECT_EQ(WhatIs(report, Kind::kUrlScan, asked), AboutV2::kAnother);
}

TEST(AboutV2, DomainsAndAddressesHaveOnlyTheEcho) {
  EXPECT_EQ(WhatIs(Named("A.com"), Kind::kDomain, "a.com"), AboutV2::kIt);
  EXPECT_EQ(WhatIs(Named("b.com"), Kind::kDomain, "a.com"), AboutV2::kAnother);
  EXPECT_EQ(WhatIs(Named(""), Kind::kDomain, "a.com"), AboutV2::kUnsaid);
  EXPECT_EQ(WhatIs(Named("1.2.3.4"), Kind::kIp, "1.2.3.4"), AboutV2::kIt);
  EXPECT_EQ(WhatIs(Named("1.2.3.5"), Kind::kIp, "1.2.3.4"), AboutV2::kAnother);
}

}  // namespace
}  // namespace vtlookup
