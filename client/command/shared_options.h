#ifndef VTLOOKUP_CLIENT_COMMAND_SHARED_OPTIONS_H_
#define VTLOOKUP_CLIENT_COMMAND_SHARED_OPTIONS_H_

#include <array>
#include <functional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "client/command/arguments.h"
#include "google/protobuf/duration.pb.h"
#include "vtlookup/v1/lookup.pb.h"

namespace CLI {
class App;
}  // namespace CLI

// What several commands need to declare their options. Each function adds
// something to an App, which keeps a reference to the `arguments` that are
// passed: they must live as long as the App. One thread.
namespace vtlookup {

// Makes an indicator of the text of a value.
using MakeIndicator = void (*)(const std::string& text, v1::Indicator* out);

// A kind of indicators, as the command line names it.
struct Kind {
  const char* name;   // the command for it, such as "domain"
  const char* help;   // what that command does
  const char* value;  // the placeholder of a value, such as "NAME"
  MakeIndicator make;
};

// Returns all kinds, in the order in which the help lists them.
const std::array<Kind, 5>& Kinds();

// Returns the kind with this name, or null when there is none.
const Kind* FindKind(std::string_view name);

// Adds a command below `app`. When the command line names it, `run` becomes
// `arguments.run`. `app` owns the command that is returned.
CLI::App* AddCommand(CLI::App& app, Arguments& arguments,
                     const std::string& name, const std::string& help,
                     RunCommand run);

// Adds an option whose value is a duration, in the form of Abseil ("1h30m") or
// in days ("7d"). Parsing calls `set` with the duration, and fails on a text
// that is not a duration and on a negative duration.
void AddDuration(CLI::App* app, const std::string& name,
                 const std::string& help,
                 const std::function<void(absl::Duration)>& set);

// Adds the values to look up, at least one, as positional arguments. Parsing
// appends them to `arguments.indicators`, and fails on a text that is not
// UTF-8.
void AddValues(CLI::App* app, Arguments& arguments, const Kind& kind);

// Adds --summary, which sets the view in `arguments.options`.
void AddSummary(CLI::App* app, Arguments& arguments);

// Adds the options that say how fresh an answer must be and what it may cost.
// Parsing writes them to `arguments.options`.
void AddLookupOptions(CLI::App* app, Arguments& arguments);

// Writes `duration` to a message.
void SetProto(absl::Duration duration, google::protobuf::Duration* out);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_SHARED_OPTIONS_H_
