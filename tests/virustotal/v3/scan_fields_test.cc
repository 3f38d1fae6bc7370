#include "virustotal/v3/scan_fields.h"

#include <gtest/gtest.h>

#include <string>

#include "vtlookup/v1/verdict.pb.h"

namespace vtlookup {
namespace {

struct Stats {
  bool sound = false;
  v1::FileDetection counts;
};

Stats ReadStats(const std::string& value) {
  Stats stats;
  EXPECT_TRUE(ReadJson(value, [&stats](json::value root) {
                stats.sound = ReadStatsV3(root, &stats.counts);
                return absl::OkStatus();
              }).ok());
  return stats;
}

TEST(ScanFieldsV3, EnginesWithoutAnOpinionDoNotCount) {
  const Stats stats = ReadStats(R"({"malicious": 1, "suspicious": 2,
      "undetected": 3, "harmless": 4, "timeout": 50, "failure": 60,
      "confirmed-timeout": 70, "type-unsupported": 80})");
  EXPECT_TRUE(stats.sound);
  EXPECT_EQ(stats.counts.positives(), 1);
  EXPECT_EQ(stats.counts.total(), 10);
}

TEST(ScanFieldsV3, WithoutMaliciousThereAreNoCounts) {
  for (const char* value : {"null", "{}", R"({"harmless": 60})",
                            R"({"malicious": null, "harmless": 60})"}) {
    const Stats stats = ReadStats(value);
    EXPECT_TRUE(stats.sound) << value;
    EXPECT_FALSE(stats.counts.has_positives()) << value;
    EXPECT_FALSE(stats.counts.has_total()) << value;
  }
}

TEST(ScanFieldsV3, WhatIsNoCountSpoilsThemAll) {
  for (const char* value :
       {"[]", "5", "\"x\"", "true", R"({"malicious": 0.5})",
        R"({"malicious": -1})", R"({"malicious": 0, "harmless": "x"})",
        R"({"malicious": 4294967295, "harmless": 1})",
        R"({"malicious": 4294967296})"}) {
    const Stats stats = ReadStats(value);
    EXPECT_FALSE(stats.sound) << value;
    EXPECT_FALSE(stats.counts.has_positives()) << value;
    EXPECT_FALSE(stats.counts.has_total()) << value;
  }
  EXPECT_EQ(
      ReadStats(R"({"malicious": 4294967295, "harmless": 0})").counts.total(),
      4294967295);
}

TEST(ScanFieldsV3, ATimeIsSetOnlyByATime) {
  v1::FileDetection detection;
  EXPECT_TRUE(
      ReadJson(R"([null, "soon", -1, {}])", [&detection](json::value root) {
        ForEachItem(root, [&detection](json::value item) {
          ReadScanTimeV3(item, &detection);
        });
        return absl::OkStatus();
      }).ok());
  EXPECT_FALSE(detection.has_scan_time());
  EXPECT_TRUE(ReadJson("1700000000", [&detection](json::value root) {
                ReadScanTimeV3(root, &detection);
                return absl::OkStatus();
              }).ok());
  EXPECT_EQ(detection.scan_time().seconds(), 1700000000);
}

}  // namespace
}  // namespace vtlookup
