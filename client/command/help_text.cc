#include "client/command/help_text.h"

#include <sstream>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

namespace vtlookup {
namespace {

constexpr size_t kLine = 80;

// Breaks a text into lines of at most `width` characters, between words.
std::string Wrapped(std::string_view text, size_t width) {
  std::string out;
  size_t column = 0;
  for (const std::string& word :
       std::vector<std::string>(absl::StrSplit(std::string(text), ' '))) {
    if (column > 0 && column + 1 + word.size() > width) {
      out.push_back('\n');
      column = 0;
    } else if (column > 0) {
      out.push_back(' ');
      ++column;
    }
    out.append(word);
    column += word.size();
  }
  return out;
}

}  // namespace

std::string HelpText::make_option_name(const CLI::Option* option,
                                       bool is_positional) const {
  // CLI11 shows what a flag sets: "--no-refang{false}".
  return absl::StrReplaceAll(
      CLI::Formatter::make_option_name(option, is_positional),
      {{"{false}", ""}, {"{true}", ""}});
}

std::string HelpText::make_option_opts(const CLI::Option* option) const {
  if (option->get_positional() || option->get_type_size() == 0) return "";
  // A check adds its words behind a colon.
  const std::string type = option->get_type_name();
  const std::string name = type.substr(0, type.find(':'));
  return name.empty() ? "" : absl::StrCat(" ", name);
}

std::string HelpText::make_option_desc(const CLI::Option* option) const {
  return Wrapped(option->get_description(), kLine - get_column_width());
}

std::string HelpText::make_subcommand(const CLI::App* command) const {
  std::ostringstream out;
  CLI::detail::format_help(
      out, command->get_name(),
      Wrapped(command->get_description(), kLine - get_column_width()),
      get_column_width());
  return out.str();
}

std::string HelpText::make_footer(const CLI::App* app) const {
  std::string footer = CLI::Formatter::make_footer(app);
  if (app->get_parent() != nullptr) {
    footer +=
        "\nOptions of all commands, such as --server, --json and --tls: "
        "vtlookup --help\n";
  }
  return footer;
}

std::string Footer(const std::string& notes,
                   std::initializer_list<const char*> examples) {
  std::string out = notes;
  if (!notes.empty() && examples.size() > 0) out += "\n\n";
  if (examples.size() > 0) {
    out += examples.size() == 1 ? "Example:" : "Examples:";
  }
  for (const char* example : examples) absl::StrAppend(&out, "\n  ", example);
  return out;
}

}  // namespace vtlookup
