#ifndef VTLOOKUP_SERVER_CONFIG_SCHEMA_H_
#define VTLOOKUP_SERVER_CONFIG_SCHEMA_H_

#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "vtlookup/v1/config.pb.h"

namespace vtlookup {

// The keys of a configuration message. Pure functions; thread-safe.

// Whether the field is a message with keys of its own, rather than a value or a
// list.
bool IsConfigSection(const google::protobuf::FieldDescriptor& field);

// Every key below `config`, such as "cache.ttl.missing"; sections, too. Those
// of a list's items come without a number: "auth.clients.name".
std::vector<std::string> AllKeys(const google::protobuf::Descriptor& config);

// The keys that a flag or a variable can set: a value, or a list of texts.
std::vector<std::string> SettableKeys(
    const google::protobuf::Descriptor& config);

// Returns "; did you mean KEY?" for an unknown key such as
// "auth.clients[2].nane"; empty when no key is similar.
std::string DidYouMean(std::string_view key,
                       const google::protobuf::Descriptor& config);

// The `setting` option of a field: its default and more.
const v1::Setting& SettingOf(const google::protobuf::FieldDescriptor& field);

// Whether a field is a google.protobuf.Duration.
bool IsDuration(const google::protobuf::FieldDescriptor& field);

// Returns the word for a value of an enum, as people write it.
std::string EnumText(const google::protobuf::EnumValueDescriptor& value);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_CONFIG_SCHEMA_H_
