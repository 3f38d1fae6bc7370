#include "client/command/arguments.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/command/completion.h"
#include "client/command/exit_status.h"
#include "client/command/help_text.h"
#include "client/command/lookup.h"
#include "client/command/shared_options.h"
#include "client/command/status.h"
#include "client/command/submit.h"
#include "core/secret.h"
#include "core/similar.h"

namespace vtlookup {
namespace {

// The functions that declare the commands, in the order of the help.
constexpr void (*kCommands[])(CLI::App& app, Arguments& arguments) = {
    DeclareLookups, DeclareSubmit, DeclareWatch, DeclareEnrich,
    DeclareStatus,  DeclareBench,  DeclareAdmin, DeclareCompletion,
};

void AddFile(CLI::App& app, const std::string& name, std::string* out,
             const std::string& help) {
  app.add_option(name, *out, help)->type_name("FILE");
}

void DeclareConnection(CLI::App& app, Arguments& arguments) {
  app.add_option("--server", arguments.server,
                 "Address of the daemon: host:port or unix:/path (default: "
                 "VTLOOKUP_SERVER, or 127.0.0.1:50051)")
      ->type_name("ADDR");
  AddDuration(
      &app, "--timeout",
      "How long to wait for an answer, also for the quota (default: 30s; for "
      "each row of enrich 1h)",
      [&arguments](absl::Duration timeout) {
        arguments.timeout = timeout;
        arguments.has_timeout = true;
      });
  app.add_flag("--json", arguments.json,
               "Print a line of JSON for each answer, with the field names of "
               "the .proto files");
  ConnectionOptions& connection = arguments.connection;
  app.add_flag(
      "--tls", connection.tls,
      "Use TLS: encrypt the connection, and check the daemon's certificate");
  AddFile(app, "--ca", &connection.ca_file,
          "CA certificates to check the daemon's certificate with, in PEM "
          "(default: those of this machine)");
  AddFile(app, "--cert", &connection.certificate_file,
          "Certificate of this client, in PEM");
  AddFile(app, "--key", &connection.key_file,
          "Private key of this certificate, in PEM");
  AddFile(app, "--token-file", &arguments.token_file,
          "File that holds the token for the daemon");
  app.add_flag("--use-proxy", connection.use_proxy,
               "Reach the daemon through the HTTP proxy of the environment "
               "(default: no proxy)");
}

// The parser of the command line, and the arguments that it fills.
class CommandLine {
 public:
  explicit CommandLine(const std::string& server) {
    arguments_.server = server.empty() ? "127.0.0.1:50051" : server;
    app_.name("vtlookup");
    app_.require_subcommand(0, 1);
    app_.fallthrough();
    app_.set_help_flag("-h,--help", "Print this help and exit");
    app_.set_version_flag("--version", "vtlookup " VTLOOKUP_VERSION,
                          "Print the version and exit");
    app_.formatter(std::make_shared<HelpText>());
    DeclareConnection(app_, arguments_);
    for (const auto declare : kCommands) declare(app_, arguments_);
    // Last, because commands take over what is set before them.
    app_.footer(Footer(
        kStatusOfLookups,
        {"vtlookup 44d88612fea8a8f36de82e1278abb02f 'hxxp://evil[.]example/a'",
         "vtlookup --file indicators.txt --fail-on malicious",
         "vtlookup domain example.com --json", "vtlookup enrich --help"}));
  }

  // Not copied, because the app refers to the arguments.
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  CLI::App& app() { return app_; }
  Arguments& arguments() { return arguments_; }

 private:
  CLI::App app_{
      "Asks vtlookupd what VirusTotal knows about URLs, domains, IP addresses "
      "and files."};
  Arguments arguments_;
};

// Returns the texts that an option or a positional argument accepts; none if it
// accepts any text, or if they are not known here.
std::vector<std::string> ChoicesOf(const std::string& name) {
  if (name == "LOOKUP") return EnrichLookupNames();
  if (name == "SHELL") return ShellNames();
  if (name == "--on-error") return OnErrorNames();
  if (name == "--fail-on") return FailOnNames();
  if (name == "LEVEL") return LogLevelNames();
  return {};
}

// Appends what may stand on the command line for an option: its name, or its
// name with each of its values.
void AppendWords(const CLI::Option& option, std::vector<std::string>* words) {
  for (const std::string& lname : option.get_lnames()) {
    const std::string name = "--" + lname;
    if (option.get_items_expected_max() == 0) {
      words->push_back(name);
      continue;
    }
    const std::vector<std::string> choices = ChoicesOf(name);
    if (choices.empty()) words->push_back(name + "=");
    for (const std::string& choice : choices) {
      words->push_back(absl::StrCat(name, "=", choice));
    }
  }
  for (std::string& choice : ChoicesOf(option.get_name(true))) {
    words->push_back(std::move(choice));
  }
}

std::vector<std::string> WordsOf(const CLI::App& app) {
  std::vector<std::string> words;
  for (const CLI::App* command : app.get_subcommands({})) {
    words.push_back(command->get_name());
  }
  for (const CLI::Option* option : app.get_options()) {
    AppendWords(*option, &words);
  }
  return words;
}

// Returns the error for unknown arguments. A word after an unknown option is
// not shown, because it may be the option's value and a secret (`--token X`).
std::string UnknownArguments(const std::vector<std::string>& words) {
  std::string text =
      "unknown arguments (options of a command follow its name):";
  bool hidden = false;
  for (const std::string& word : words) {
    const bool option = !word.empty() && word.front() == '-';
    if (!option && hidden) {
      text += " (a value; not shown)";
      continue;
    }
    hidden = option && word.find('=') == std::string::npos;
    text += " " + (option ? ShownName(word) : Shown(word));
  }
  return text;
}

// Returns the error for a word that should be a command below another one, such
// as `admin`; empty when there is no such word.
std::string UnknownCommand(const CLI::App& app) {
  for (const CLI::App* command : app.get_subcommands()) {
    std::vector<std::string> names;
    for (const CLI::App* below : command->get_subcommands({})) {
      names.push_back(below->get_name());
    }
    if (names.empty() || !command->get_subcommands().empty()) continue;
    const std::string all = absl::StrJoin(names, ", ");
    const std::vector<std::string> words = app.remaining(true);
    const auto word =
        std::find_if(words.begin(), words.end(), [](const std::string& each) {
          return !each.empty() && each.front() != '-';
        });
    if (word == words.end()) {
      return absl::StrCat("a command must follow ", command->get_name(), ": ",
                          all);
    }
    const std::string meant = MostSimilar(*word, names);
    return absl::StrCat(
        "\"", Shown(*word), "\" is not a command of ", command->get_name(),
        "; ",
        meant.empty() ? absl::StrCat("one of these must come first: ", all)
                      : absl::StrCat("did you mean ", meant, "?"));
  }
  return "";
}

bool TakesValue(const CLI::Option* option) {
  return option != nullptr && option->get_items_expected_max() > 0;
}

bool IsCommand(const CLI::App& app, const std::string& word) {
  const auto commands = app.get_subcommands({});
  return std::any_of(
      commands.begin(), commands.end(),
      [&word](const CLI::App* command) { return command->get_name() == word; });
}

// `help COMMAND` is what many programs call `COMMAND --help`.
std::vector<std::string> WithoutHelpCommand(std::vector<std::string> words) {
  if (words.empty() || words.front() != "help") return words;
  words.erase(words.begin());
  words.emplace_back("--help");
  return words;
}

// Inserts the command `lookup` where a value or an option of lookups comes
// first, and no command.
std::vector<std::string> WithCommand(std::vector<std::string> words,
                                     const CLI::App& app) {
  for (size_t at = 0; at < words.size(); ++at) {
    const std::string& word = words[at];
    const bool option = word.size() > 1 && word.front() == '-' && word != "--";
    if (!option && IsCommand(app, word)) return words;
    const std::string name = word.substr(0, word.find('='));
    const CLI::Option* const known =
        option ? app.get_option_no_throw(name) : nullptr;
    const bool of_lookups =
        option && known == nullptr &&
        app.get_subcommand(kAnyKind)->get_option_no_throw(name) != nullptr;
    const bool before_command =
        of_lookups && at + 1 < words.size() && IsCommand(app, words[at + 1]);
    if (before_command) return words;  // which is an error
    if (!option || of_lookups) {
      words.insert(words.begin() + static_cast<std::ptrdiff_t>(at), kAnyKind);
      return words;
    }
    if (TakesValue(known) && name == word) ++at;  // its value
  }
  return words;
}

}  // namespace

int PrintText(const Session& /*session*/, const Arguments& arguments) {
  std::fputs(arguments.text.c_str(), stdout);
  return kAllAnswered;
}

std::optional<Arguments> ParseArguments(const std::vector<std::string>& words,
                                        const std::string& server,
                                        std::string* error) {
  CommandLine line(server);
  error->clear();
  const std::vector<std::string> whole =
      WithCommand(WithoutHelpCommand(words), line.app());
  try {
    // CLI11 wants the words in reverse order.
    line.app().parse(std::vector<std::string>(whole.rbegin(), whole.rend()));
  } catch (const CLI::CallForVersion& version) {
    line.arguments().text = std::string(version.what()) + "\n";
  } catch (const CLI::Success&) {
    line.arguments().run = PrintText;
    line.arguments().text = line.app().help();
  } catch (const CLI::ExtrasError&) {
    *error = UnknownArguments(line.app().remaining(true));
    return std::nullopt;
  } catch (const CLI::ParseError& mistake) {
    // What a misspelt option leaves behind may make no sense elsewhere.
    const std::vector<std::string> left = line.app().remaining(true);
    const bool misspelt =
        std::any_of(left.begin(), left.end(),
                    [](const std::string& word) { return word[0] == '-'; });
    *error = misspelt ? UnknownArguments(left) : UnknownCommand(line.app());
    if (error->empty()) *error = Shown(mistake.what());
    return std::nullopt;
  }
  if (line.app().get_subcommands().empty() && line.arguments().text.empty()) {
    *error = "the command is missing";
    return std::nullopt;
  }
  return std::move(line.arguments());
}

Vocabulary VocabularyOfArguments() {
  CommandLine line("");
  Vocabulary vocabulary{.words = WordsOf(line.app()), .commands = {}};
  for (const CLI::App* command : line.app().get_subcommands({})) {
    vocabulary.commands.push_back({command->get_name(), WordsOf(*command)});
    for (const CLI::App* below : command->get_subcommands({})) {
      vocabulary.commands.push_back(
          {command->get_name() + " " + below->get_name(), WordsOf(*below)});
    }
  }
  return vocabulary;
}

}  // namespace vtlookup
