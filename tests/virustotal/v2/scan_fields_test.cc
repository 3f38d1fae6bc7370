#include "virustotal/v2/scan_fields.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "vtlookup/v1/verdict.pb.h"

namespace vtlookup {
namespace {

// The expected times are those of `date -u -d ... +%s`.
TEST(ScanFieldsV2, DatesAreUtcWithOrWithoutSeconds) {
  EXPECT_EQ(ParseDateV2("2014-01-23 09:03:02"), 1390467782);
  EXPECT_EQ(ParseDateV2("2014-01-23 09:03"), 1390467780);
  EXPECT_EQ(ParseDateV2("1970-01-01 00:00:00"), 0);
  EXPECT_EQ(ParseDateV2("2024-02-29 23:59:59"), 1709251199);
}

TEST(ScanFieldsV2, OtherTextsAreNoDates) {
  for (const char* text :
       {"", "null", "2014-01-23", "23.01.2014 09:03:02", "2014-13-01 00:00:00",
        "2023-02-29 00:00:00", "2014-01-23 25:00:00", "1390467782",
        "2014-01-23 09:03:02 +0100", "2014-01-23 09:03:02x"}) {
    EXPECT_EQ(ParseDateV2(text), std::nullopt) << text;
  }
}

struct Read {
  bool sound = true;
  v1::UrlDetection counts;
};

Read ReadCounts(const std::string& body) {
  Read read;
  EXPECT_TRUE(
      ReadJson(body, [&read](json::value root) {
        ForEachField(root, [&read](std::string_view key, json::value value) {
          read.sound &= ReadPositivesAndTotalV2(key, value, &read.counts);
        });
        return absl::OkStatus();
      }).ok());
  return read;
}

TEST(ScanFieldsV2, CountsAreReadUnderTheirNames) {
  const Read read =
      ReadCounts(R"({"positives": 3, "total": "60", "scans": "x"})");
  EXPECT_TRUE(read.sound);
  EXPECT_EQ(read.counts.positives(), 3);
  EXPECT_EQ(read.counts.total(), 60);
}

TEST(ScanFieldsV2, NullIsNoCountAndNoMistake) {
  const Read read = ReadCounts(R"({"positives": null, "total": null})");
  EXPECT_TRUE(read.sound);
  EXPECT_FALSE(read.counts.has_positives());
  EXPECT_FALSE(read.counts.has_total());
}

TEST(ScanFieldsV2, AnythingElseIsAMistakeAndChangesNothing) {
  for (const char* value : {"0.5", "-1", "true", "\"x\"", "[]", "4294967296"}) {
    const Read read =
        ReadCounts(std::string(R"({"positives": )") + value + "}");
    EXPECT_FALSE(read.sound) << value;
    EXPECT_FALSE(read.counts.has_positives()) << value;
  }
}

}  // namespace
}  // namespace vtlookup
