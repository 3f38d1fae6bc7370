#ifndef VTLOOKUP_CLIENT_COMMAND_SHARED_OPTIONS_H_
#define VTLOOKUP_CLIENT_COMMAND_SHARED_OPTIONS_H_

#include <array>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/match.h"
#include "absl/time/time.h"
#include "client/command/arguments.h"
#include "core/secret.h"
#include "google/protobuf/duration.pb.h"
#include "vtlookup/v1/lookup.pb.h"

namespace CLI {
class App;
}  // namespace CLI

// What several commands need to declare their options. The functions whose
// names begin with Add change an App. If they have a parameter `arguments`, the
// App keeps a reference to it, so the arguments must outlive the App. One
// thread at a time may use an App and its arguments. The other functions are
// thread-safe.
namespace vtlookup {

// Makes an indicator of a value's text. Does not check the text.
using MakeIndicator = void (*)(const std::string& text, v1::Indicator* out);

// A kind of indicators, as the command line names it.
struct ValueKind {
  const char* name;     // the command for it, such as "domain"
  const char* help;     // what that command does
  const char* value;    // the placeholder of a value, such as "NAME"
  const char* example;  // a command line
  MakeIndicator make;
};

// Returns all kinds, in the order in which the help lists them. They live as
// long as the program.
const std::array<ValueKind, 5>& Kinds();

// Returns the kind with this name, or null when there is none.
const ValueKind* FindKind(std::string_view name);

// Adds a command below `app`. When the command line names it, `run` becomes
// `arguments.run`. `app` owns the command that is returned.
CLI::App* AddCommand(CLI::App& app, Arguments& arguments,
                     const std::string& name, const std::string& help,
                     RunCommand run);

// Adds an option whose value is a duration, in the form of Abseil ("1h30m") or
// in days ("7d"). Parsing calls `set` with the duration. The App keeps a copy
// of `set`; what `set` refers to must outlive the App. On a text that is not a
// duration, and on a negative or infinite duration, parsing throws
// CLI::ValidationError, which ParseArguments returns as its error.
void AddDuration(CLI::App* app, const std::string& name,
                 const std::string& help,
                 const std::function<void(absl::Duration)>& set);

// Adds --refang and --no-refang, which set `*refang` to true and to false;
// without either it keeps its value, which the help calls the default. Values
// are then read as Refang (core/defanged.h) says.
void AddRefang(CLI::App* app, bool* refang);

// Throws CLI::ValidationError for a value that is not UTF-8.
void CheckUtf8(const std::string& text);

// Adds the values to look up as positional arguments, of which the command line
// must have at least one. Parsing appends them, as indicators of the kind, to
// `arguments.indicators`. On a text that is not UTF-8 parsing throws
// CLI::ValidationError. `kind` may be destroyed after the call.
//
// Also calls AddRefang with `arguments.lookup.refang`.
void AddValues(CLI::App* app, Arguments& arguments, const ValueKind& kind);

// Adds --summary, with which parsing sets `arguments.options.view` to
// VIEW_SUMMARY: answers then have only codes, counts and small fields.
void AddSummary(CLI::App* app, Arguments& arguments);

// Adds the options that say how fresh an answer must be, how long to wait for a
// final one, and whether VirusTotal may be asked. Parsing writes them to
// `arguments.options`.
void AddLookupOptions(CLI::App* app, Arguments& arguments);

// Replaces one of the words by its value, for CLI::Option::transform. The case
// does not matter. The error for another word lists the words.
template <typename Value>
std::function<std::string(std::string&)> WordOf(
    std::map<std::string, Value> values) {
  return [values = std::move(values)](std::string& text) -> std::string {
    std::string all;
    for (const auto& [word, value] : values) {
      if (absl::EqualsIgnoreCase(word, text)) {
        text = std::to_string(static_cast<int>(value));
        return "";
      }
      all += (all.empty() ? "" : ", ") + word;
    }
    return "\"" + Shown(text) + "\" is none of " + all;
  };
}

// Writes `duration` to a message.
void SetProto(absl::Duration duration, google::protobuf::Duration* out);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_SHARED_OPTIONS_H_
