#include "server/proto/indicator_fields.h"

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace vtlookup {
namespace {

constexpr struct {
  Kind kind;
  const char* name;
  int field;
  const char* message;  // with the text "x"
} kAll[] = {
    {Kind::kUrl, "url", 1, "url: 'x'"},
    {Kind::kDomain, "domain", 2, "domain: 'x'"},
    {Kind::kIp, "ip", 3, "ip: 'x'"},
    {Kind::kFile, "file", 4, "file_hash: 'x'"},
    {Kind::kUrlScan, "url_scan", 5, "url_scan_id: 'x'"},
};

TEST(IndicatorFields, EachKindHasItsFieldAndItsName) {
  EXPECT_EQ(v1::Indicator::descriptor()->field_count(), std::size(kAll));
  for (const auto& each : kAll) {
    v1::Indicator expected;
    ASSERT_TRUE(
        google::protobuf::TextFormat::ParseFromString(each.message, &expected));
    v1::Indicator message;
    message.set_domain("is replaced");
    SetIndicator(each.kind, "x", &message);
    EXPECT_EQ(message.SerializeAsString(), expected.SerializeAsString());
    EXPECT_EQ(RawIndicatorOf(message).kind, each.kind);
    EXPECT_EQ(RawIndicatorOf(message).text, "x");
    EXPECT_EQ(FieldOf(each.kind), each.field);
    EXPECT_EQ(KindOfField(each.field), each.kind);
    EXPECT_EQ(KindName(each.kind), each.name);
  }
}

TEST(IndicatorFields, OtherNumbersAreNoIndicator) {
  for (const int field : {-1, 0, 6, 100}) {
    EXPECT_EQ(KindOfField(field), std::nullopt) << field;
  }
}

TEST(IndicatorFields, AMessageWithoutAnIndicatorHasNoText) {
  EXPECT_EQ(RawIndicatorOf(v1::Indicator()).text, "");
}

}  // namespace
}  // namespace vtlookup
