#ifndef VTLOOKUP_CLIENT_COMMAND_OUTPUT_H_
#define VTLOOKUP_CLIENT_COMMAND_OUTPUT_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup {

// Writes results and messages for people and for programs. The functions are
// thread-safe.

// One result for people. None of the texts has control characters.
struct TextLine {
  enum class Tone { kGood, kBad, kUnsure };
  std::string asked;          // the indicator
  std::string finding;        // VirusTotal's result, or why there is none
  std::string origin;         // the source of the answer; may be empty. What
                              // matters most comes first, as STALE does
  Tone tone = Tone::kUnsure;  // chooses the colour
};

// Returns the line for the result of the indicator `asked`.
TextLine TextLineOf(const v1::Indicator& asked, const v1::LookupResult& result);

// The place where lines are shown.
struct Screen {
  // The width. 0: this is no terminal, so tabs separate the texts of a line,
  // and nothing is cut off.
  size_t columns = 0;
  bool color = false;
};

// Describes standard output. There is no colour when NO_COLOR is set and not
// empty.
Screen StandardOutput();

// Returns the lines in columns that fit the screen, each with its line break.
// Of an indicator or a finding that is too long, the middle is left out.
std::string Table(const std::vector<TextLine>& lines, const Screen& screen);

// Returns the result of the indicator `asked` as a line of JSON, without a line
// break: a LookupResponse, or {"indicator": ..., "error": ...} with a
// google.rpc.Status. Names are those of the .proto files.
std::string JsonLine(const v1::Indicator& asked,
                     const v1::LookupResult& result);

enum class JsonShape {
  kLine,  // one line, for programs
  kTree,  // several lines with indents, for people
};

// Returns any message as JSON, with the names of the .proto files. Returns an
// empty text when the message cannot be written as JSON.
std::string ToJson(const google::protobuf::Message& message, JsonShape shape);

// Returns the failure of a whole call as the result of one indicator.
v1::LookupResult FailedResult(const absl::Status& status);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_OUTPUT_H_
