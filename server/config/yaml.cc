#include "server/config/yaml.h"

#include <yaml-cpp/yaml.h>

#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "core/secret.h"
#include "core/text.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/duration.pb.h"
#include "server/config/schema.h"
#include "server/config/values.h"
#include "server/proto/times.h"
#include "vtlookup/v1/config.pb.h"

namespace vtlookup {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Sets an enum, or adds a value to a list of enums.
absl::Status SetEnum(std::string_view text, const FieldDescriptor& field,
                     Message* message) {
  const EnumDescriptor& type = *field.enum_type();
  std::vector<std::string> known;
  for (int i = 1; i < type.value_count(); ++i) {
    known.push_back(EnumText(*type.value(i)));
    if (known.back() != text) continue;
    if (field.is_repeated()) {
      message->GetReflection()->AddEnum(message, &field, type.value(i));
    } else {
      message->GetReflection()->SetEnum(message, &field, type.value(i));
    }
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("expected one of: ", absl::StrJoin(known, ", ")));
}

absl::Status SetBool(std::string_view text, const FieldDescriptor& field,
                     Message* message) {
  if (text != "true" && text != "false") {
    return absl::InvalidArgumentError("expected true or false");
  }
  message->GetReflection()->SetBool(message, &field, text == "true");
  return absl::OkStatus();
}

absl::Status SetNumber(std::string_view text, const FieldDescriptor& field,
                       Message* message) {
  uint32_t number = 0;
  if (!absl::SimpleAtoi(ToAbsl(text), &number)) {
    return absl::InvalidArgumentError("expected a whole number, 0 or more");
  }
  message->GetReflection()->SetUInt32(message, &field, number);
  return absl::OkStatus();
}

absl::Status SetSize(std::string_view text, const FieldDescriptor& field,
                     Message* message) {
  const absl::StatusOr<uint64_t> size = ParseConfigSize(text);
  if (!size.ok()) return size.status();
  message->GetReflection()->SetUInt64(message, &field, *size);
  return absl::OkStatus();
}

absl::Status SetDurationField(std::string_view text,
                              const FieldDescriptor& field, Message* message) {
  const absl::StatusOr<absl::Duration> duration = ParseConfigDuration(text);
  if (!duration.ok()) return duration.status();
  auto* const value = static_cast<google::protobuf::Duration*>(
      message->GetReflection()->MutableMessage(message, &field));
  SetDuration(*duration, value);
  return absl::OkStatus();
}

absl::Status SetScalar(std::string_view text, const FieldDescriptor& field,
                       Message* message) {
  if (IsDuration(field)) return SetDurationField(text, field, message);
  switch (field.type()) {
    case FieldDescriptor::TYPE_STRING:
      message->GetReflection()->SetString(message, &field, std::string(text));
      return absl::OkStatus();
    case FieldDescriptor::TYPE_BOOL:
      return SetBool(text, field, message);
    case FieldDescriptor::TYPE_ENUM:
      return SetEnum(text, field, message);
    case FieldDescriptor::TYPE_UINT32:
      return SetNumber(text, field, message);
    case FieldDescriptor::TYPE_UINT64:
      return SetSize(text, field, message);
    default:
      return absl::InternalError("a type that the configuration cannot have");
  }
}

// In a flag, the texts of a list have commas between them.
absl::Status SetFlagValue(std::string_view text, const FieldDescriptor& field,
                          Message* message) {
  if (!field.is_repeated()) return SetScalar(text, field, message);
  if (field.type() != FieldDescriptor::TYPE_STRING) {
    return absl::InvalidArgumentError(
        "can be set only in the file (--config), not by a flag");
  }
  message->GetReflection()->ClearField(message, &field);
  for (absl::string_view item :
       absl::StrSplit(ToAbsl(text), ',', absl::SkipEmpty())) {
    message->GetReflection()->AddString(message, &field, std::string(item));
  }
  return absl::OkStatus();
}

// Reads one document. Knows the name of the file, and collects the errors.
class YamlReader {
 public:
  YamlReader(std::string_view name, const Descriptor& schema,
             ConfigPlaces* places, ConfigErrors* errors)
      : name_(name), schema_(&schema), places_(places), errors_(errors) {}

  void ReadSection(const YAML::Node& node, const std::string& path,
                   Message* message) {
    if (node.IsNull()) return;
    if (!node.IsMap()) {
      return Error(node, path, "expected keys and values");
    }
    std::set<std::string> seen;
    for (const auto& item : node) {
      const std::string key = item.first.Scalar();
      const std::string full =
          path.empty() ? key : absl::StrCat(path, ".", key);
      const std::string shown = ShownName(full);
      if (!seen.insert(key).second) {
        Error(item.first, shown, "given twice");
        continue;
      }
      (*places_)[full] = Place(item.first.Mark());
      const FieldDescriptor* const field =
          message->GetDescriptor()->FindFieldByName(key);
      if (key == "<<") {
        Error(item.first, full,
              "merge keys are not supported; write the keys themselves");
      } else if (field == nullptr) {
        Error(item.first, shown,
              absl::StrCat("unknown key", DidYouMean(full, *schema_)));
      } else if (IsConfigSection(*field)) {
        ReadSection(item.second, full,
                    message->GetReflection()->MutableMessage(message, field));
      } else if (field->is_repeated()) {
        ReadList(item.second, full, *field, message);
      } else if (!item.second.IsScalar()) {
        Error(item.second, full, "expected one value");
      } else if (absl::Status status =
                     SetScalar(item.second.Scalar(), *field, message);
                 !status.ok()) {
        Error(item.second, full, std::string(status.message()));
      }
    }
  }

  // Reads a list of texts, or of sections.
  void ReadList(const YAML::Node& node, const std::string& path,
                const FieldDescriptor& field, Message* message) {
    if (node.IsNull()) return;
    if (!node.IsSequence()) return Error(node, path, "expected a list");
    const auto* const reflection = message->GetReflection();
    reflection->ClearField(message, &field);
    for (size_t i = 0; i < node.size(); ++i) {
      const std::string item = absl::StrCat(path, "[", i, "]");
      (*places_)[item] = Place(node[i].Mark());
      if (field.type() == FieldDescriptor::TYPE_MESSAGE) {
        Message* const section = reflection->AddMessage(message, &field);
        ApplyDefaults(section);
        ReadSection(node[i], item, section);
      } else if (!node[i].IsScalar()) {
        Error(node[i], item, "expected one value");
      } else if (field.type() == FieldDescriptor::TYPE_STRING) {
        reflection->AddString(message, &field, node[i].Scalar());
      } else if (absl::Status status =
                     SetEnum(node[i].Scalar(), field, message);
                 !status.ok()) {
        Error(node[i], item, std::string(status.message()));
      }
    }
  }

  void Error(const YAML::Node& node, const std::string& path,
             const std::string& what) {
    Error(node.Mark(), absl::StrCat(path, path.empty() ? "" : ": ", what));
  }

  void Error(const YAML::Mark& mark, const std::string& what) {
    errors_->push_back(absl::StrCat(Place(mark), what));
  }

 private:
  std::string Place(const YAML::Mark& mark) const {
    return absl::StrCat(name_, ":", mark.line + 1, ": ");
  }

  const std::string name_;
  const Descriptor* const schema_;  // of the whole configuration
  ConfigPlaces* const places_;
  ConfigErrors* const errors_;
};

}  // namespace

void ApplyDefaults(Message* config) {
  const Descriptor& type = *config->GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (IsConfigSection(field)) {
      ApplyDefaults(config->GetReflection()->MutableMessage(config, &field));
    } else if (!field.is_repeated() &&
               !SettingOf(field).default_value().empty()) {
      // A test reads every default, so a wrong one is noticed before a release.
      SetScalar(SettingOf(field).default_value(), field, config).IgnoreError();
    }
  }
}

void ApplyYaml(const std::string& text, std::string_view name, Message* config,
               ConfigPlaces* places, ConfigErrors* errors) {
  YamlReader reader(name, *config->GetDescriptor(), places, errors);
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(text);
    if (documents.size() > 1) {
      reader.Error(documents[1], "",
                   "the file has a second document (after ---), which would "
                   "have no effect; remove it");
    }
    reader.ReadSection(documents.empty() ? YAML::Node() : documents.front(), "",
                       config);
  } catch (const YAML::Exception& error) {
    reader.Error(error.mark, absl::StrCat("not YAML: ", error.msg));
  }
}

void ApplyText(std::string_view key, std::string_view value,
               const std::string& name, Message* config, ConfigErrors* errors) {
  Message* message = config;
  const std::vector<std::string> names = absl::StrSplit(ToAbsl(key), '.');
  for (size_t i = 0; i < names.size(); ++i) {
    const FieldDescriptor* const field =
        message->GetDescriptor()->FindFieldByName(names[i]);
    const bool last = i + 1 == names.size();
    if (field == nullptr || IsConfigSection(*field) == last) {
      errors->push_back(
          absl::StrCat(ShownName(name), ": unknown setting",
                       DidYouMean(key, *config->GetDescriptor())));
      return;
    }
    if (!last) {
      message = message->GetReflection()->MutableMessage(message, field);
      continue;
    }
    if (absl::Status status = SetFlagValue(value, *field, message);
        !status.ok()) {
      errors->push_back(
          absl::StrCat(name, ": ", std::string(status.message())));
    }
  }
}

void ApplyFlag(std::string_view key, std::string_view value, Message* config,
               ConfigErrors* errors) {
  ApplyText(key, value, absl::StrCat("--", ToAbsl(key)), config, errors);
}

}  // namespace vtlookup
