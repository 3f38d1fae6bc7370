// Which objects are about what was asked. The ids are sha256sum's.

#include "virustotal/v3/about.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "tests/virustotal/api/answer_helpers.h"

namespace vtlookup {
namespace {

ObjectV3 Named(std::string type, std::string id) {
  ObjectV3 object;
  object.type = std::move(type);
  object.id = std::move(id);
  return object;
}

TEST(AboutV3, TypeAndIdAreThoseOfTheIndicator) {
  EXPECT_TRUE(IsAboutV3(Of(Kind::kDomain, "a.com"), Named("domain", "A.com")));
  EXPECT_FALSE(IsAboutV3(Of(Kind::kDomain, "a.com"), Named("domain", "b.com")));
  EXPECT_FALSE(IsAboutV3(Of(Kind::kDomain, "a.com"), Named("url", "a.com")));
  EXPECT_FALSE(IsAboutV3(Of(Kind::kDomain, "a.com"), Named("", "a.com")));
  EXPECT_FALSE(IsAboutV3(Of(Kind::kDomain, "a.com"), Named("domain", "")));
  EXPECT_TRUE(IsAboutV3(Of(Kind::kIp, "2001:db8::1"),
                        Named("ip_address", "2001:DB8:0::1")));
  EXPECT_FALSE(
      IsAboutV3(Of(Kind::kIp, "1.2.3.4"), Named("ip_address", "1.2.3.5")));
}

TEST(AboutV3, AUrlIsTheOneOfWhichTheIdIsTheHash) {
  EXPECT_TRUE(IsAboutV3(Evil(), Named("url", kEvilId)));
  EXPECT_FALSE(IsAboutV3(Evil(), Named("url", kOtherId)));
  ObjectV3 object = Named("url", kEvilId);
  object.verdict->mutable_url()->set_url(kEvil);
  EXPECT_TRUE(IsAboutV3(Evil(), object));
  object.verdict->mutable_url()->set_url(kOther);
  EXPECT_FALSE(IsAboutV3(Evil(), object)) << "id and URL do not agree";
  object.id = kOtherId;
  EXPECT_FALSE(IsAboutV3(Evil(), object)) << "they agree on another one";
}

TEST(AboutV3, AFileHasTheHashThatWasAskedAmongItsOwn) {
  const std::string md5(32, 'a');
  const std::string sha1(40, 'b');
  const std::string sha256(64, 'c');
  ObjectV3 object = Named("file", sha256);
  EXPECT_TRUE(IsAboutV3(Of(Kind::kFile, sha256), object));
  EXPECT_FALSE(IsAboutV3(Of(Kind::kFile, std::string(64, 'd')), object));
  EXPECT_FALSE(IsAboutV3(Of(Kind::kFile, md5), object)) << "it has no MD5";
  object.verdict->mutable_file()->set_md5(std::string(32, 'A'));
  object.verdict->mutable_file()->set_sha1(sha1);
  EXPECT_TRUE(IsAboutV3(Of(Kind::kFile, md5), object));
  EXPECT_TRUE(IsAboutV3(Of(Kind::kFile, sha1), object));
  EXPECT_FALSE(IsAboutV3(Of(Kind::kFile, std::string(40, 'd')), object));
  object.verdict->mutable_file()->set_sha256(std::string(64, 'd'));
  EXPECT_FALSE(IsAboutV3(Of(Kind::kFile, md5), object))
      << "two files in one object";
  EXPECT_FALSE(IsAboutV3(Of(Kind::kFile, md5), Named("file", md5)));
}

TEST(AboutV3, AScanIsOneAnalysisOfItsUrl) {
  const std::string scan = std::string(kEvilId) + "-7";
  ObjectV3 object = Named("analysis", "u-" + scan);
  EXPECT_TRUE(IsAboutScanV3(scan, object));
  EXPECT_TRUE(IsAboutV3(Of(Kind::kUrlScan, scan), object));
  EXPECT_FALSE(IsAboutScanV3(std::string(kEvilId) + "-8", object));
  EXPECT_FALSE(IsAboutScanV3(scan, Named("analysis", scan)));
  EXPECT_FALSE(IsAboutScanV3(scan, Named("analysis", "f-" + scan)));
  object.item_id = kEvilId;
  object.item_url = kEvil;
  EXPECT_TRUE(IsAboutScanV3(scan, object));
  object.item_url = kOther;
  EXPECT_FALSE(IsAboutScanV3(scan, object));
  object.item_url.clear();
  object.item_id = kOtherId;
  EXPECT_FALSE(IsAboutScanV3(scan, object));
}

}  // namespace
}  // namespace vtlookup
