#ifndef VTLOOKUP_CLIENT_COMMAND_HELP_TEXT_H_
#define VTLOOKUP_CLIENT_COMMAND_HELP_TEXT_H_

#include <CLI/CLI.hpp>

#include <initializer_list>
#include <string>

namespace vtlookup {

// Formats help as people read it: descriptions are wrapped, and what only the
// parser needs to know, such as its tables of words, is left out. The help of a
// command says where the options of all commands are. Thread-safe.
class HelpText final : public CLI::Formatter {
 public:
  std::string make_option_name(const CLI::Option* option,
                               bool is_positional) const override;
  std::string make_option_opts(const CLI::Option* option) const override;
  std::string make_option_desc(const CLI::Option* option) const override;
  std::string make_subcommand(const CLI::App* command) const override;
  std::string make_footer(const CLI::App* app) const override;
};

// Returns the end of a command's help: notes, which may be empty, and examples
// of command lines, one to a line. Thread-safe.
std::string Footer(const std::string& notes,
                   std::initializer_list<const char*> examples);

// What the exit status of commands that look values up means.
inline constexpr char kStatusOfLookups[] =
    "Exit status: 0 when all values were answered, whatever the answer; 1 when "
    "some\nfailed; 2 when the command line is wrong; 3 when a value is one of "
    "those that\n--fail-on names.";
// What the exit status of the other commands means.
inline constexpr char kStatusOfCommands[] =
    "Exit status: 0 for success, 1 for a failure, 2 when the command line is "
    "wrong.";

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_HELP_TEXT_H_
