#ifndef VTLOOKUP_SERVER_GATEWAY_JSON_H_
#define VTLOOKUP_SERVER_GATEWAY_JSON_H_

#include <google/protobuf/message.h>

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/verdicts/answer.h"
#include "vtlookup/row.h"
#include "vtlookup/v1/dnif.pb.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup {

// The JSON of requests and answers. The functions are thread-safe, and take
// bytes of strangers.

// Reads a message in protobuf's JSON mapping. InvalidArgument says what is
// wrong: no JSON, an unknown field, a value of a wrong type.
absl::Status ReadMessage(std::string_view json,
                         google::protobuf::Message* message);

// Returns a message in protobuf's JSON mapping, with the names of the .proto
// files, and a line break behind it.
std::string JsonOf(const google::protobuf::Message& message);

// Reads {"values": ["…", …]}. A value of another type is taken as its JSON
// text. InvalidArgument when the text is something else, or there are more than
// `most` values.
absl::StatusOr<std::vector<std::string>> ReadValues(std::string_view json,
                                                    size_t most);

// Returns the message that the answer is. `view` as in LookupOptions.
v1::LookupResponse ResponseOf(const Answer& answer, v1::View view);

// Returns the lookup that a path names. NotFound names all lookups.
absl::StatusOr<v1::DnifLookup> LookupNamed(std::string_view name);

// Returns the fields that an answer, or a failure, adds to a row. `text` is the
// value that was looked up.
std::vector<RowField> FieldsOf(v1::DnifLookup lookup, const std::string& text,
                               const absl::StatusOr<Answer>& answer);
// Appends the fields that FieldsOf would return, as one JSON object.
void AppendFields(v1::DnifLookup lookup, const std::string& text,
                  const absl::StatusOr<Answer>& answer, std::string* out);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_GATEWAY_JSON_H_
