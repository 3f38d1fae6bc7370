#include "server/config/schema.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/similar.h"
#include "google/protobuf/duration.pb.h"

namespace vtlookup {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;

bool HasKeys(const FieldDescriptor& field) {
  return field.type() == FieldDescriptor::TYPE_MESSAGE &&
         field.message_type() != google::protobuf::Duration::descriptor();
}

bool IsSettable(const FieldDescriptor& field) {
  if (HasKeys(field)) return false;
  return !field.is_repeated() || field.type() == FieldDescriptor::TYPE_STRING;
}

enum class Which { kAll, kSettable };

void Collect(const Descriptor& type, const std::string& prefix, Which which,
             std::vector<std::string>* keys) {
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    const std::string key = prefix + field.name();
    if (which == Which::kAll || IsSettable(field)) keys->push_back(key);
    const bool enters =
        which == Which::kAll ? HasKeys(field) : IsConfigSection(field);
    if (enters) Collect(*field.message_type(), key + ".", which, keys);
  }
}

// Without the numbers of list items.
std::string WithoutNumbers(std::string_view key) {
  std::string out;
  bool number = false;
  for (const char c : key) {
    if (c == '[') number = true;
    if (!number) out.push_back(c);
    if (c == ']') number = false;
  }
  return out;
}

std::string LastPart(const std::string& key) {
  return key.substr(key.rfind('.') + 1);
}

std::string SectionOf(const std::string& key) {
  const size_t dot = key.rfind('.');
  return dot == std::string::npos ? "" : key.substr(0, dot);
}

// The key that is meant: one of the same name in a section below, one beside it
// with a similar name, one of the same name elsewhere, or one that is similar
// as a whole.
std::string MeantBy(const std::string& key,
                    const std::vector<std::string>& keys) {
  std::vector<std::string> beside;
  std::vector<std::string> elsewhere;
  for (const std::string& each : keys) {
    if (SectionOf(each) == SectionOf(key)) beside.push_back(LastPart(each));
    if (LastPart(each) != LastPart(key)) continue;
    if (each.starts_with(SectionOf(key) + ".")) return each;
    elsewhere.push_back(each);
  }
  if (std::string near = MostSimilar(LastPart(key), beside); !near.empty()) {
    return near;
  }
  if (elsewhere.size() == 1) return elsewhere.front();
  return MostSimilar(key, keys);
}

}  // namespace

bool IsConfigSection(const FieldDescriptor& field) {
  return HasKeys(field) && !field.is_repeated();
}

std::vector<std::string> AllKeys(const Descriptor& config) {
  std::vector<std::string> keys;
  Collect(config, "", Which::kAll, &keys);
  return keys;
}

std::vector<std::string> SettableKeys(const Descriptor& config) {
  std::vector<std::string> keys;
  Collect(config, "", Which::kSettable, &keys);
  return keys;
}

std::string DidYouMean(std::string_view key, const Descriptor& config) {
  const std::string meant = MeantBy(WithoutNumbers(key), AllKeys(config));
  return meant.empty() ? "" : absl::StrCat("; did you mean ", meant, "?");
}

const v1::Setting& SettingOf(const FieldDescriptor& field) {
  return field.options().GetExtension(v1::setting);
}

bool IsDuration(const FieldDescriptor& field) {
  return field.type() == FieldDescriptor::TYPE_MESSAGE &&
         field.message_type() == google::protobuf::Duration::descriptor();
}

// VIRUS_TOTAL_API_V2 is written "v2": the prefix that all values share with
// ..._UNSPECIFIED is omitted.
std::string EnumText(const EnumValueDescriptor& value) {
  const std::string& zero = value.type()->value(0)->name();
  const size_t prefix = zero.size() - std::string_view("UNSPECIFIED").size();
  return absl::AsciiStrToLower(value.name().substr(prefix));
}

}  // namespace vtlookup
