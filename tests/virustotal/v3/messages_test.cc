// The messages are those of API v2, word for word: scripts compare them.

#include "virustotal/v3/messages.h"

#include <gtest/gtest.h>

namespace vtlookup {
namespace {

struct Messages {
  Kind kind;
  const char* found;
  const char* missing;
  const char* invalid;
};
constexpr Messages kMessages[] = {
    {Kind::kUrl, "Scan finished, scan information embedded in this object",
     "Resource does not exist in the dataset",
     "Invalid URL, the scan request was not queued"},
    {Kind::kUrlScan, "Scan finished, scan information embedded in this object",
     "Resource does not exist in the dataset",
     "Invalid URL, the scan request was not queued"},
    {Kind::kFile, "Scan finished, information embedded",
     "The requested resource is not among the finished, queued or pending "
     "scans",
     "Invalid resource, check what you are submitting"},
    {Kind::kDomain, "Domain found in dataset", "Domain not found",
     "Invalid domain"},
    {Kind::kIp, "IP address in dataset", "IP address not found in dataset",
     "Invalid IP address"}};

TEST(MessagesV3, AreThoseOfV2) {
  for (const auto& [kind, found, missing, invalid] : kMessages) {
    EXPECT_EQ(FoundMessageV3(kind), found);
    EXPECT_EQ(MissingMessageV3(kind), missing);
    EXPECT_EQ(InvalidMessageV3(kind), invalid);
  }
}

}  // namespace
}  // namespace vtlookup
