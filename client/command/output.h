#ifndef VTLOOKUP_CLIENT_COMMAND_OUTPUT_H_
#define VTLOOKUP_CLIENT_COMMAND_OUTPUT_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup {

// One result for people: what was asked, what VirusTotal says, and where from.
// Control characters of what was asked are not among it.
struct TextLine {
  enum class Tone { kGood, kBad, kUnsure };
  std::string asked;
  std::string finding;
  std::string origin;  // may be empty
  Tone tone = Tone::kUnsure;
};
TextLine TextLineOf(const v1::Indicator& asked, const v1::LookupResult& result);

// How lines are shown.
struct Screen {
  size_t columns = 0;  // 0: no terminal; lines are separated by tabs, and whole
  bool color = false;
};
// What standard output is; NO_COLOR is heeded.
Screen StandardOutput();

// The lines in columns that fit the screen, each with its line break.
std::string Table(const std::vector<TextLine>& lines, const Screen& screen);

// One result as a line of JSON: a LookupResponse, or {"error": ...} with a
// google.rpc.Status. Names are those of the .proto files.
std::string JsonLine(const v1::LookupResult& result);

// Any message as JSON, with the names of the .proto files; on several lines for
// people. Empty when it cannot be written so.
enum class JsonShape { kLine, kTree };
std::string ToJson(const google::protobuf::Message& message, JsonShape shape);

// A failure of the whole call, as a result.
v1::LookupResult FailedResult(const absl::Status& status);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_OUTPUT_H_
