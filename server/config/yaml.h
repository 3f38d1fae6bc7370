#ifndef VTLOOKUP_SERVER_CONFIG_YAML_H_
#define VTLOOKUP_SERVER_CONFIG_YAML_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/message.h"

namespace vtlookup {

// Between a configuration message and the text that people write. The schema
// is the message's own: names, types, and the `setting` option. Errors are
// collected, so that all of them are told at once.
using ConfigErrors = std::vector<std::string>;

// Where keys were set: "cache.path" to "file:3: ".
using ConfigPlaces = std::map<std::string, std::string>;

// Sets every field that has a default value, in all sub-messages.
void ApplyDefaults(google::protobuf::Message* config);

// Sets what the YAML text says. `name` is the file's, for errors, which are
// `name:line: what`. Keys that the message does not have are errors.
void ApplyYaml(const std::string& text, std::string_view name,
               google::protobuf::Message* config, ConfigPlaces* places,
               ConfigErrors* errors);

// Sets one scalar, or a list of texts: `path` is "cache.ttl.missing", and the
// texts are separated by commas.
void ApplyFlag(std::string_view path, std::string_view value,
               google::protobuf::Message* config, ConfigErrors* errors);

// The effective configuration as YAML; secrets read `(set)` or `(not set)`, and
// a value elsewhere that looks like one is not shown (core/secret.h).
std::string ToYaml(const google::protobuf::Message& config);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_CONFIG_YAML_H_
