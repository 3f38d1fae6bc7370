#include <yaml-cpp/yaml.h>

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/secret.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/duration.pb.h"
#include "server/config/schema.h"
#include "server/config/values.h"
#include "server/config/yaml.h"
#include "server/proto/times.h"
#include "vtlookup/v1/config.pb.h"

namespace vtlookup {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Returns a scalar in the form that SetScalar reads.
std::string ScalarText(const Message& message, const FieldDescriptor& field) {
  const auto& reflection = *message.GetReflection();
  if (IsDuration(field)) {
    return FormatConfigDuration(
        ToAbslDuration(static_cast<const google::protobuf::Duration&>(
            reflection.GetMessage(message, &field))));
  }
  switch (field.type()) {
    case FieldDescriptor::TYPE_STRING:
      return reflection.GetString(message, &field);
    case FieldDescriptor::TYPE_BOOL:
      return reflection.GetBool(message, &field) ? "true" : "false";
    case FieldDescriptor::TYPE_ENUM:
      return EnumText(*reflection.GetEnum(message, &field));
    case FieldDescriptor::TYPE_UINT32:
      return absl::StrCat(reflection.GetUInt32(message, &field));
    default:
      return FormatConfigSize(reflection.GetUInt64(message, &field));
  }
}

std::string Quoted(const std::string& text) {
  YAML::Emitter value;
  value << YAML::DoubleQuoted << text;
  return value.c_str();
}

void AppendYaml(const Message& message, int depth, std::string* out);

void AppendList(const Message& message, const FieldDescriptor& field, int depth,
                std::string* out) {
  const auto* const reflection = message.GetReflection();
  const std::string indent(static_cast<size_t>(depth) * 2, ' ');
  const int size = reflection->FieldSize(message, &field);
  absl::StrAppend(out, size == 0 ? " []\n" : "\n");
  for (int i = 0; i < size; ++i) {
    if (field.type() == FieldDescriptor::TYPE_STRING) {
      absl::StrAppend(
          out, indent, "- ",
          Quoted(Shown(reflection->GetRepeatedString(message, &field, i))),
          "\n");
      continue;
    }
    if (field.type() == FieldDescriptor::TYPE_ENUM) {
      absl::StrAppend(
          out, indent, "- ",
          EnumText(*reflection->GetRepeatedEnum(message, &field, i)), "\n");
      continue;
    }
    absl::StrAppend(out, indent, "-\n");
    AppendYaml(reflection->GetRepeatedMessage(message, &field, i), depth + 1,
               out);
  }
}

// A value, or a comment in its place.
void AppendScalar(const Message& message, const FieldDescriptor& field,
                  std::string* out) {
  // What is not set may mean something else than either value.
  if (field.has_optional_keyword() &&
      !message.GetReflection()->HasField(message, &field)) {
    absl::StrAppend(out, "# ", field.name(), ": is not set\n");
    return;
  }
  const std::string text = ScalarText(message, field);
  if (SettingOf(field).secret() && absl::EndsWith(field.name(), "_sha256") &&
      !text.empty()) {
    // A client without the hash would need less to prove who it is, so the text
    // must not be taken until somebody fills it in.
    absl::StrAppend(out, field.name(), ": \"is set, and not shown\"\n");
    return;
  }
  if (SettingOf(field).secret() && !text.empty()) {
    absl::StrAppend(out, "# ", field.name(), ": is set, and not shown\n");
    return;
  }
  const std::string shown = Shown(text);
  const bool quote = field.type() == FieldDescriptor::TYPE_STRING;
  absl::StrAppend(out, field.name(), ": ", quote ? Quoted(shown) : shown, "\n");
}

void AppendYaml(const Message& message, int depth, std::string* out) {
  const Descriptor& type = *message.GetDescriptor();
  const std::string indent(static_cast<size_t>(depth) * 2, ' ');
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    out->append(indent);
    if (IsConfigSection(field)) {
      absl::StrAppend(out, field.name(), ":\n");
      AppendYaml(message.GetReflection()->GetMessage(message, &field),
                 depth + 1, out);
    } else if (field.is_repeated()) {
      absl::StrAppend(out, field.name(), ":");
      AppendList(message, field, depth + 1, out);
    } else {
      AppendScalar(message, field, out);
    }
  }
}

}  // namespace

std::string ToYaml(const Message& config) {
  std::string out;
  AppendYaml(config, 0, &out);
  return out;
}

}  // namespace vtlookup
