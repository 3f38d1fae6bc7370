// Rows that are made of bytes are those that are made of messages.

#include "vtlookup/row_bytes.h"

#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "server/verdicts/stored_verdict.h"
#include "vtlookup/row.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

using Random = std::mt19937;

int Below(int bound, Random& random) {
  return static_cast<int>(random() % static_cast<unsigned>(bound));
}

std::string SomeText(Random& random) {
  static const char* const kTexts[] = {
      "", "Kaspersky", "a \"quoted\" one", "é→\n", "back\\slash", "0"};
  return kTexts[Below(6, random)];
}

void Fill(Message* message, Random& random);

void SetField(Message* message, const FieldDescriptor& field, Random& random) {
  const Reflection& reflection = *message->GetReflection();
  const bool list = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string text = SomeText(random);
      if (field.name() == "empty_lists") text = "resolutions";
      return list ? reflection.AddString(message, &field, text)
                  : reflection.SetString(message, &field, text);
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection.SetBool(message, &field, Below(2, random) == 1);
    case FieldDescriptor::CPPTYPE_INT32:
      return reflection.SetInt32(message, &field, Below(9, random) - 4);
    case FieldDescriptor::CPPTYPE_UINT32:
      return reflection.SetUInt32(message, &field,
                                  static_cast<uint32_t>(Below(90, random)));
    case FieldDescriptor::CPPTYPE_INT64:
      return reflection.SetInt64(message, &field, Below(1 << 30, random));
    case FieldDescriptor::CPPTYPE_UINT64:
      return reflection.SetUInt64(message, &field,
                                  static_cast<uint64_t>(Below(9, random)));
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection.SetEnumValue(message, &field, Below(5, random));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Fill(list ? reflection.AddMessage(message, &field)
                       : reflection.MutableMessage(message, &field),
                  random);
    default:
      return;
  }
}

void Fill(Message* message, Random& random) {
  const auto& type = *message->GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (field.is_map() || field.name() == "nanos") continue;
    const int times = Below(field.is_repeated() ? 4 : 2, random);
    for (int j = 0; j < times; ++j) SetField(message, field, random);
  }
}

v1::Verdict SomeVerdict(v1::DnifLookup lookup, Random& random) {
  v1::Verdict verdict;
  Fill(&verdict, random);
  verdict.clear_indicator();
  verdict.set_response_code(Below(4, random) - 2);
  switch (lookup) {
    case v1::DNIF_LOOKUP_GET_DOMAIN_REPORT:
      Fill(verdict.mutable_domain(), random);
      break;
    case v1::DNIF_LOOKUP_GET_IP_REPORT:
      Fill(verdict.mutable_ip(), random);
      break;
    case v1::DNIF_LOOKUP_GET_FILEHASH_REPORT:
      Fill(verdict.mutable_file(), random);
      break;
    default:
      Fill(verdict.mutable_url(), random);
  }
  if (Below(8, random) == 0) verdict.clear_report();
  return verdict;
}

std::string ByMessages(v1::DnifLookup lookup, const v1::Verdict& verdict,
                       bool stale) {
  v1::LookupResponse response;
  *response.mutable_verdict() = verdict;
  response.mutable_verdict()->mutable_indicator()->set_url("http://a.com/");
  response.set_stale(stale);
  std::string json;
  for (const RowField& field : RowFieldsOf(lookup, {}, response)) {
    absl::StrAppend(&json, json.empty() ? "{\"" : ",\"", field.name,
                    "\":", field.json);
  }
  return json.empty() ? "{}" : json + "}";
}

std::string ByBytes(v1::DnifLookup lookup, const v1::Verdict& verdict,
                    bool stale) {
  const std::string stored = StoredVerdict::Encode(verdict, 0, false);
  std::string json;
  AppendRowFields(
      lookup,
      {.verdict = std::string_view(stored).substr(StoredVerdict::kHeader),
       .response_code = verdict.response_code(),
       .url = "http://a.com/",
       .stale = stale},
      &json);
  return json;
}

class RowBytes : public testing::TestWithParam<v1::DnifLookup> {};

TEST_P(RowBytes, GiveTheFieldsOfTheMessages) {
  Random random(20261127);
  for (int i = 0; i < 3000; ++i) {
    const v1::Verdict verdict = SomeVerdict(GetParam(), random);
    const bool stale = Below(2, random) == 1;
    ASSERT_EQ(ByBytes(GetParam(), verdict, stale),
              ByMessages(GetParam(), verdict, stale))
        << verdict.DebugString();
  }
}

TEST_P(RowBytes, BytesThatAreNoVerdictDoNoHarm) {
  Random random(7);
  for (int i = 0; i < 300; ++i) {
    std::string bytes = SomeVerdict(GetParam(), random).SerializeAsString();
    bytes.resize(static_cast<size_t>(Below(200, random)) % (bytes.size() + 1));
    for (char& c : bytes) {
      if (Below(30, random) == 0) c = static_cast<char>(random());
    }
    std::string json;
    AppendRowFields(GetParam(),
                    {.verdict = bytes, .response_code = 1, .url = "u"}, &json);
    EXPECT_EQ(json.front(), '{');
    EXPECT_EQ(json.back(), '}');
  }
}

INSTANTIATE_TEST_SUITE_P(AllLookups, RowBytes,
                         testing::Values(v1::DNIF_LOOKUP_GET_URL_REPORT,
                                         v1::DNIF_LOOKUP_GET_DOMAIN_REPORT,
                                         v1::DNIF_LOOKUP_GET_IP_REPORT,
                                         v1::DNIF_LOOKUP_GET_FILEHASH_REPORT,
                                         v1::DNIF_LOOKUP_POST_SCAN_URL),
                         [](const auto& lookup) {
                           return v1::DnifLookup_Name(lookup.param);
                         });

}  // namespace
}  // namespace vtlookup
