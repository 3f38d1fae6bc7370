#include "client/command/arguments.h"

#include <simdjson.h>

#include <unistd.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <utility>

#include "absl/strings/numbers.h"
#include "client/command/completion.h"
#include "core/secret.h"
#include "vtlookup/row.h"

namespace vtlookup {
namespace {

using Command = Arguments::Command;
using MakeIndicator = void (*)(const std::string&, v1::Indicator*);

struct Kind {
  const char* name;
  const char* help;
  const char* value;
  MakeIndicator make;
};

constexpr Kind kKinds[] = {
    {"url", "What VirusTotal knows about URLs", "URL",
     [](const std::string& text, v1::Indicator* out) { out->set_url(text); }},
    {"domain", "... about domains", "NAME",
     [](const std::string& text, v1::Indicator* out) {
       out->set_domain(text);
     }},
    {"ip", "... about IPv4 and IPv6 addresses", "ADDRESS",
     [](const std::string& text, v1::Indicator* out) { out->set_ip(text); }},
    {"file", "... about files, by MD5, SHA-1 or SHA-256", "HASH",
     [](const std::string& text, v1::Indicator* out) {
       out->set_file_hash(text);
     }},
    {"scan", "... about URL scans, by the id that a submission gave", "ID",
     [](const std::string& text, v1::Indicator* out) {
       out->set_url_scan_id(text);
     }}};

const std::vector<std::string> kLookupNames = {
    "get_url_report", "get_domain_report", "get_ip_report",
    "get_filehash_report", "post_scan_url"};

// As absl does, and days: `7d`.
bool ParseDuration(const std::string& text, absl::Duration* duration) {
  int days = 0;
  if (!text.empty() && text.back() == 'd' &&
      absl::SimpleAtoi(text.substr(0, text.size() - 1), &days)) {
    *duration = absl::Hours(24) * days;
  } else if (!absl::ParseDuration(text, duration)) {
    return false;
  }
  return *duration >= absl::ZeroDuration();
}

void SetProto(absl::Duration duration, google::protobuf::Duration* out) {
  out->set_seconds(absl::ToInt64Seconds(duration));
  out->set_nanos(static_cast<int32_t>(
      absl::ToInt64Nanoseconds(duration % absl::Seconds(1))));
}

// Where a daemon of this machine has its AdminService: as the daemon chooses
// it, when nobody says otherwise.
std::string AdminAddress() {
  const auto variable = [](const char* name) -> std::string {
    const char* const value = std::getenv(name);
    return value == nullptr ? "" : value;
  };
  if (std::string named = variable("VTLOOKUP_ADMIN"); !named.empty()) {
    return named.front() == '/' ? "unix:" + named : named;
  }
  const std::string folder = variable("XDG_RUNTIME_DIR");
  const std::string own = "unix:" + folder + "/vtlookupd/admin.sock";
  const std::string of_system = "unix:/run/vtlookupd/admin.sock";
  return folder.empty() || access(own.c_str() + 5, F_OK) != 0 ? of_system : own;
}

// The command line as CLI11 knows it, and the arguments that it fills.
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
    app_.footer(
        "Exit status: 0 all answered (whatever the answer), 1 some failed, 2 "
        "usage.\n\nExamples:\n"
        "  vtlookup url http://www.virustotal.com/ --json\n"
        "  vtlookup domain example.com example.org --max-age 1h\n"
        "  vtlookup enrich get_url_report '$Url' rows.jsonl > enriched.jsonl");
    AddConnection();
    for (const Kind& kind : kKinds) AddLookup(kind);
    AddSubmit();
    AddWatch();
    AddEnrich();
    AddStatus();
    AddBench();
    AddAdmin();
    AddCompletion();
  }

  CLI::App& app() { return app_; }
  Arguments& arguments() { return arguments_; }

 private:
  void AddConnection() {
    app_.add_option("--server", arguments_.server,
                    "host:port or unix:/path of the daemon; else "
                    "VTLOOKUP_SERVER, else 127.0.0.1:50051")
        ->type_name("ADDR");
    AddDuration(
        &app_, "--timeout", "How long an answer may take (30s)",
        [this](absl::Duration timeout) { arguments_.timeout = timeout; });
    app_.add_flag("--json", arguments_.json,
                  "A line of JSON for each answer, with the names of the "
                  ".proto files");
    app_.add_flag("--tls", arguments_.connection.tls,
                  "Encrypt, and have the daemon prove who it is");
    AddFile("--ca", &arguments_.connection.ca_file,
            "Whom to trust (PEM); else whom the machine trusts");
    AddFile("--cert", &arguments_.connection.certificate_file,
            "Who we are (PEM)");
    AddFile("--key", &arguments_.connection.key_file, "The key to it (PEM)");
    AddFile("--token-file", &arguments_.token_file,
            "File with the token that the daemon asks for");
  }

  void AddFile(const std::string& name, std::string* out,
               const std::string& help) {
    app_.add_option(name, *out, help)->type_name("FILE");
  }

  void AddDuration(CLI::App* app, const std::string& name,
                   const std::string& help,
                   const std::function<void(absl::Duration)>& set) {
    app->add_option_function<std::string>(
           name,
           [name, set](const std::string& text) {
             absl::Duration duration;
             if (!ParseDuration(text, &duration)) {
               throw CLI::ValidationError(
                   name, "expected a duration such as 30s or 24h");
             }
             set(duration);
           },
           help)
        ->type_name("DUR");
  }

  CLI::App* AddCommand(const std::string& name, const std::string& help,
                       Command command) {
    CLI::App* const app = app_.add_subcommand(name, help);
    app->callback([this, command] { arguments_.command = command; });
    return app;
  }

  void AddLookupOptions(CLI::App* app) {
    v1::LookupOptions* const options = &arguments_.options;
    CLI::Option* const cached = app->add_flag_callback(
        "--cached", [options] { options->set_cache_mode(v1::CACHE_MODE_ONLY); },
        "Never ask VirusTotal");
    app->add_flag_callback(
           "--refresh",
           [options] { options->set_cache_mode(v1::CACHE_MODE_REFRESH); },
           "Ask VirusTotal even if the cache is fresh")
        ->excludes(cached);
    AddDuration(app, "--max-age", "Accept no older answer: 30s, 10m, 7d",
                [options](absl::Duration age) {
                  SetProto(age, options->mutable_max_age());
                });
    AddDuration(app, "--wait", "Wait so long for the verdict of what is queued",
                [options](absl::Duration wait) {
                  SetProto(wait, options->mutable_wait_for_final());
                });
    app->add_flag_callback(
        "--no-submit", [options] { options->set_submit_missing_url(false); },
        "Do not have unknown URLs scanned");
  }

  void AddValues(CLI::App* app, const Kind& kind) {
    app->add_option_function<std::vector<std::string>>(
           kind.value,
           [this, make = kind.make](const std::vector<std::string>& texts) {
             for (const std::string& text : texts) {
               if (!simdjson::validate_utf8(text)) {
                 throw CLI::ValidationError("a value", "is not UTF-8");
               }
               make(text, &arguments_.indicators.emplace_back());
             }
           },
           "")
        ->required()
        ->expected(1, CLI::detail::expected_max_vector_size)
        ->type_name("");
  }

  void AddLookup(const Kind& kind) {
    CLI::App* const app = AddCommand(kind.name, kind.help, Command::kLookup);
    AddValues(app, kind);
    app->add_flag_callback(
        "--summary", [this] { arguments_.options.set_view(v1::VIEW_SUMMARY); },
        "Codes and counts only");
    AddLookupOptions(app);
  }

  void AddSubmit() {
    CLI::App* const app = AddCommand(
        "submit", "Have VirusTotal scan URLs; costs quota", Command::kSubmit);
    AddValues(app, kKinds[0]);
  }

  void AddWatch() {
    CLI::App* const app = app_.add_subcommand(
        "watch", "What is known now, and each change from then on");
    app->require_subcommand(1);
    app->fallthrough();
    for (const Kind& kind : kKinds) {
      CLI::App* const each = app->add_subcommand(kind.name, kind.help);
      each->callback([this] { arguments_.command = Command::kWatch; });
      AddValues(each, kind);
      each->add_flag("--until-final", arguments_.until_final,
                     "End with the first verdict that is not queued");
    }
  }

  CLI::App* AddAction(CLI::App* admin, const std::string& name,
                      const std::string& help,
                      Arguments::Admin::Action action) {
    CLI::App* const app = admin->add_subcommand(name, help);
    app->callback([this, action] {
      arguments_.command = Command::kAdmin;
      arguments_.admin.action = action;
      if (app_.count("--server") == 0) arguments_.server = AdminAddress();
    });
    return app;
  }

  void AddFilter(CLI::App* app) {
    v1::EntryFilter* const filter = &arguments_.admin.filter;
    app->add_option_function<std::vector<std::string>>(
           "INDICATOR",
           [filter](const std::vector<std::string>& texts) {
             for (const std::string& text : texts) {
               AddIndicator(text, filter->add_indicators());
             }
           },
           "url:..., domain:..., ip:..., file:... or scan:...")
        ->expected(1, CLI::detail::expected_max_vector_size)
        ->type_name("");
    app->add_option_function<std::string>(
           "--kind",
           [filter](const std::string& kind) { filter->set_kind(kind); },
           "Of this kind only: url, domain, ip, file, url_scan")
        ->check(CLI::IsMember({"url", "domain", "ip", "file", "url_scan"}))
        ->type_name("KIND");
    app->add_option_function<int>(
           "--code", [filter](int code) { filter->set_response_code(code); },
           "With this response code: 1 present, 0 missing, -2 queued, -1")
        ->type_name("CODE");
    app->add_option_function<uint32_t>(
           "--min-positives",
           [filter](uint32_t n) { filter->set_min_positives(n); },
           "That at least so many engines call malicious")
        ->type_name("N");
    app->add_option_function<std::string>(
           "--domain",
           [filter](const std::string& name) { filter->set_domain(name); },
           "Domains and URLs of this domain, and below it")
        ->type_name("NAME");
    AddDuration(app, "--min-age", "Fetched at least so long ago",
                [filter](absl::Duration age) {
                  SetProto(age, filter->mutable_min_age());
                });
  }

  // "domain:example.com"
  static void AddIndicator(const std::string& text, v1::Indicator* out) {
    const size_t colon = text.find(':');
    for (const Kind& kind : kKinds) {
      if (colon == std::string::npos || text.substr(0, colon) != kind.name) {
        continue;
      }
      return kind.make(text.substr(colon + 1), out);
    }
    throw CLI::ValidationError(text, "expected KIND:VALUE, as domain:a.com");
  }

  void AddAdmin() {
    using Action = Arguments::Admin::Action;
    Arguments::Admin* const admin = &arguments_.admin;
    CLI::App* const app = app_.add_subcommand(
        "admin", "What operators do with a running daemon, by its socket");
    app->require_subcommand(1);
    app->fallthrough();
    AddAction(app, "status", "How the daemon is", Action::kStatus);
    AddAction(app, "quota", "How much of each key's quota is used",
              Action::kQuota);
    CLI::App* const entries =
        AddAction(app, "entries", "What is cached", Action::kEntries);
    AddFilter(entries);
    entries->add_option("--limit", admin->limit, "At most so many")
        ->type_name("N");
    entries->add_flag("--full", admin->full, "Whole verdicts, with --json");
    CLI::App* const invalidate = AddAction(
        app, "invalidate", "Have entries asked again", Action::kInvalidate);
    AddFilter(invalidate);
    invalidate->add_flag("--all", admin->all, "Everything");
    invalidate->add_flag("--dry-run", admin->dry_run, "Count only");
    invalidate->add_flag("--hard", admin->hard,
                         "Delete, rather than mark as stale");
    CLI::App* const refresh =
        AddAction(app, "refresh", "Ask VirusTotal again now; costs quota",
                  Action::kRefresh);
    AddFilter(refresh);
    refresh->add_flag("--dry-run", admin->dry_run, "Count only");
    refresh->add_option("--limit", admin->limit, "At most so many (1,000)")
        ->type_name("N");
    AddFilter(AddAction(app, "export", "Entries as JSON lines, to be imported",
                        Action::kExport));
    AddAction(app, "import", "Take over what was exported, from standard input",
              Action::kImport);
    AddAction(app, "reload", "Read configuration, keys and certificates again",
              Action::kReload);
    AddAction(app, "log-level", "What is logged until the next reload",
              Action::kLogLevel)
        ->add_option("LEVEL", admin->level, "debug, info, warning or error")
        ->required()
        ->transform(CLI::Transformer(std::map<std::string, v1::LogLevel>{
            {"debug", v1::LOG_LEVEL_DEBUG},
            {"info", v1::LOG_LEVEL_INFO},
            {"warning", v1::LOG_LEVEL_WARNING},
            {"error", v1::LOG_LEVEL_ERROR}}))
        ->type_name("");
  }

  void AddEnrich() {
    CLI::App* const app = AddCommand(
        "enrich", "Add the $VT fields of a lookup to rows: JSON lines or CSV",
        Command::kEnrich);
    Arguments::Enrich& enrich = arguments_.enrich;
    app->add_option_function<std::string>(
           "LOOKUP",
           [&enrich](const std::string& name) {
             enrich.lookup = *DnifLookupNamed(name);
           },
           "get_url_report, get_domain_report, get_ip_report, "
           "get_filehash_report or post_scan_url")
        ->required()
        ->check(CLI::IsMember(kLookupNames))
        ->type_name("");
    app->add_option("FIELD", enrich.field,
                    "The field of a row, or the column, with the value")
        ->required()
        ->type_name("");
    app->add_option("FILE", enrich.files, "Rows; else from standard input")
        ->type_name("");
    CLI::Option* const csv = app->add_flag_callback(
        "--csv", [&enrich] { enrich.format = Arguments::Enrich::Format::kCsv; },
        "The rows are CSV with a header; else by the name of the file");
    app->add_flag_callback(
           "--jsonl",
           [&enrich] { enrich.format = Arguments::Enrich::Format::kJson; },
           "The rows are JSON lines")
        ->excludes(csv);
    using OnError = Arguments::Enrich::OnError;
    app->add_option("--on-error", enrich.on_error,
                    "A row whose lookup failed is kept with $VTError (keep), "
                    "dropped (drop), or ends the run (fail)")
        ->transform(CLI::CheckedTransformer(
            std::map<std::string, OnError>{{"keep", OnError::kKeep},
                                           {"drop", OnError::kDrop},
                                           {"fail", OnError::kFail}},
            CLI::ignore_case))
        ->type_name("WHAT");
    app->add_option("--rejects", enrich.rejects,
                    "Where lines go that are no rows; else standard error")
        ->type_name("FILE");
    app->add_flag("--quiet", enrich.quiet, "No progress and no summary");
    CLI::Option* const safe = app->add_flag_callback(
        "--safe-cells", [&enrich] { enrich.safe_cells = true; },
        "For spreadsheets: an apostrophe in front of added cells that begin "
        "with = + - @, and control characters as \\u001b; else on a terminal "
        "only");
    app->add_flag_callback(
           "--raw-cells", [&enrich] { enrich.safe_cells = false; },
           "Added cells as VirusTotal sent them, on a terminal, too")
        ->excludes(safe);
    AddLookupOptions(app);
  }

  void AddStatus() {
    AddCommand("status", "Whether the daemon serves", Command::kStatus);
  }

  void AddBench() {
    CLI::App* const app = AddCommand(
        "bench", "How fast the cache answers; VirusTotal is not asked",
        Command::kBench);
    Arguments::Bench& bench = arguments_.bench;
    std::map<std::string, MakeIndicator> kinds;
    for (const Kind& kind : kKinds) kinds[kind.name] = kind.make;
    app->add_option_function<std::string>(
           "KIND",
           [&bench, kinds](const std::string& name) {
             bench.make = kinds.at(name);
           },
           "Of the values: url, domain, ip, file or scan")
        ->required()
        ->check(CLI::IsMember(kinds))
        ->type_name("");
    app->add_option("FILE", bench.file,
                    "Values, one in a line; else from standard input")
        ->type_name("");
    app->add_option("--seconds", bench.seconds, "How long (5)")
        ->check(CLI::Range(0.1, 3600.0))
        ->type_name("N");
    app->add_option("--batch", bench.batch, "Values in each call (100)")
        ->check(CLI::Range(1, 10000))
        ->type_name("N");
    app->add_option("--concurrency", bench.concurrency, "Calls at a time (4)")
        ->check(CLI::Range(1, 256))
        ->type_name("N");
    app->add_flag_callback(
        "--summary", [this] { arguments_.options.set_view(v1::VIEW_SUMMARY); },
        "Codes and counts only");
  }

  void AddCompletion() {
    CLI::App* const app = app_.add_subcommand(
        "completion", "Print a script that completes commands in a shell");
    app->add_option_function<std::string>(
           "SHELL",
           [this](const std::string& shell) {
             arguments_.text = CompletionScript(shell, VocabularyOfArguments());
           },
           "bash or zsh")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh"}))
        ->type_name("");
  }

  CLI::App app_{"Asks a vtlookupd what VirusTotal knows."};
  Arguments arguments_;
};

std::vector<std::string> WordsOf(const CLI::App& app) {
  std::vector<std::string> words;
  for (const CLI::App* command : app.get_subcommands({})) {
    words.push_back(command->get_name());
  }
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      words.push_back("--" + name +
                      (option->get_items_expected_max() > 0 ? "=" : ""));
    }
    // Values that are one of a few.
    if (option->get_name(true) == "LOOKUP") {
      words.insert(words.end(), kLookupNames.begin(), kLookupNames.end());
    } else if (option->get_name(true) == "SHELL") {
      words.insert(words.end(), {"bash", "zsh"});
    }
  }
  return words;
}

// The error for arguments that are not known. A word after an unknown option is
// not shown: it may be the option's value, and a secret (`--token X`).
std::string UnknownArguments(const std::vector<std::string>& words) {
  std::string text = "unknown arguments:";
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

}  // namespace

Vocabulary VocabularyOfArguments() {
  CommandLine line("");
  Vocabulary vocabulary{.words = WordsOf(line.app()), .commands = {}};
  for (const CLI::App* command : line.app().get_subcommands({})) {
    vocabulary.commands.push_back({command->get_name(), WordsOf(*command)});
  }
  return vocabulary;
}

std::optional<Arguments> ParseArguments(const std::vector<std::string>& words,
                                        const std::string& server,
                                        std::string* error) {
  CommandLine line(server);
  error->clear();
  try {
    // CLI11 takes them from the back.
    line.app().parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (const CLI::CallForVersion& version) {
    line.arguments().text = std::string(version.what()) + "\n";
  } catch (const CLI::Success&) {
    line.arguments().command = Command::kPrint;
    line.arguments().text = line.app().help();
  } catch (const CLI::ExtrasError&) {
    *error = UnknownArguments(line.app().remaining(true));
    return std::nullopt;
  } catch (const CLI::ParseError& mistake) {
    *error = Shown(mistake.what());
    return std::nullopt;
  }
  if (line.app().get_subcommands().empty() && line.arguments().text.empty()) {
    *error = "no command";
    return std::nullopt;
  }
  return std::move(line.arguments());
}

}  // namespace vtlookup
