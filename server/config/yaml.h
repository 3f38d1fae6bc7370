#ifndef VTLOOKUP_SERVER_CONFIG_YAML_H_
#define VTLOOKUP_SERVER_CONFIG_YAML_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/message.h"

namespace vtlookup {

// Converts between a configuration message and the text that people write. The
// schema is the message's own: names, types, and the `setting` option. Errors
// are collected, so that the user sees all of them at once. Thread-safe for
// different messages.
using ConfigErrors = std::vector<std::string>;

// Where each key is set: "cache.path" has "file:3: ".
using ConfigPlaces = std::map<std::string, std::string>;

// Sets every field that has a default value, also in sub-messages.
void ApplyDefaults(google::protobuf::Message* config);

// Sets the fields that the YAML text names, and notes their `places`. `name` is
// that of the file, for errors, which have the form `name:line: what`. An
// unknown key is an error.
void ApplyYaml(const std::string& text, std::string_view name,
               google::protobuf::Message* config, ConfigPlaces* places,
               ConfigErrors* errors);

// Sets a scalar, or a list of texts with commas between them. `key` is one such
// as "cache.ttl.missing"; `name` is what the user wrote for it, for errors.
void ApplyText(std::string_view key, std::string_view value,
               const std::string& name, google::protobuf::Message* config,
               ConfigErrors* errors);

// ApplyText for `--KEY=VALUE`.
void ApplyFlag(std::string_view key, std::string_view value,
               google::protobuf::Message* config, ConfigErrors* errors);

// Returns the effective configuration as YAML that ApplyYaml reads. Secrets are
// left out: a comment stands where an API key is set, and a text that no check
// accepts where the hash of a token is. Any other value that looks like a
// secret is not shown (core/secret.h).
std::string ToYaml(const google::protobuf::Message& config);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_CONFIG_YAML_H_
