#include "client/command/admin.h"

#include <unistd.h>
#include <CLI/CLI.hpp>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "client/command/administrator.h"
#include "client/command/arguments.h"
#include "client/command/exit_status.h"
#include "client/command/help_text.h"
#include "client/command/session.h"
#include "client/command/shared_options.h"

namespace vtlookup {
namespace {

using Action = AdminOptions::Action;

std::string Variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// Returns the address of AdminService on this machine: that of VTLOOKUP_ADMIN,
// else the daemon's default socket of this user if it exists, else the daemon's
// default socket of the system.
std::string AdminAddress() {
  if (std::string named = Variable("VTLOOKUP_ADMIN"); !named.empty()) {
    return named.front() == '/' ? "unix:" + named : named;
  }
  const std::string folder = Variable("XDG_RUNTIME_DIR");
  const std::string own = "unix:" + folder + "/vtlookupd/admin.sock";
  const std::string of_system = "unix:/run/vtlookupd/admin.sock";
  return folder.empty() || access(own.c_str() + 5, F_OK) != 0 ? of_system : own;
}

// Parses a text such as "domain:example.com".
void ParseIndicator(const std::string& text, v1::Indicator* out) {
  const size_t colon = text.find(':');
  const ValueKind* const kind =
      colon == std::string::npos ? nullptr : FindKind(text.substr(0, colon));
  if (kind == nullptr) {
    throw CLI::ValidationError(text,
                               "expected KIND:VALUE, such as domain:a.com");
  }
  kind->make(text.substr(colon + 1), out);
}

// Adds the options that select entries.
void AddFilter(CLI::App* command, v1::EntryFilter* filter) {
  command
      ->add_option_function<std::vector<std::string>>(
          "INDICATOR",
          [filter](const std::vector<std::string>& texts) {
            for (const std::string& text : texts) {
              ParseIndicator(text, filter->add_indicators());
            }
          },
          "url:..., domain:..., ip:..., file:... or scan:...")
      ->expected(1, CLI::detail::expected_max_vector_size)
      ->type_name("");
  command
      ->add_option_function<std::string>(
          "--kind",
          [filter](const std::string& kind) { filter->set_kind(kind); },
          "Only entries of this kind: url, domain, ip, file, url_scan")
      ->check(CLI::IsMember({"url", "domain", "ip", "file", "url_scan"}))
      ->type_name("KIND");
  command
      ->add_option_function<int>(
          "--code", [filter](int code) { filter->set_response_code(code); },
          "Only entries with this response code: 1 present, 0 missing, -2 "
          "queued, -1 invalid")
      ->type_name("CODE");
  command
      ->add_option_function<uint32_t>(
          "--min-positives",
          [filter](uint32_t n) { filter->set_min_positives(n); },
          "Only entries that at least N engines call malicious")
      ->type_name("N");
  command
      ->add_option_function<std::string>(
          "--domain",
          [filter](const std::string& name) { filter->set_domain(name); },
          "Only this domain, all names below it, and URLs on any of them")
      ->type_name("NAME");
  AddDuration(command, "--min-age",
              "Only entries that were fetched at least this long ago",
              [filter](absl::Duration age) {
                SetProto(age, filter->mutable_min_age());
              });
}

std::map<std::string, v1::LogLevel> Levels() {
  return {{"debug", v1::LOG_LEVEL_DEBUG},
          {"info", v1::LOG_LEVEL_INFO},
          {"warning", v1::LOG_LEVEL_WARNING},
          {"error", v1::LOG_LEVEL_ERROR}};
}

void AddLevel(CLI::App* command, v1::LogLevel* level) {
  command->add_option("LEVEL", *level, "debug, info, warning or error")
      ->required()
      ->transform(CLI::Validator(WordOf(Levels()), ""))
      ->type_name("");
}

void AddResume(CLI::App* command, std::string* key) {
  command
      ->add_option("--resume", *key,
                   "Use the API key of this name (`default`, or a name in "
                   "virustotal.keys) again at once, although VirusTotal has "
                   "refused it or its requests are paused")
      ->type_name("NAME");
}

void AddEntries(CLI::App* command, AdminOptions* options) {
  AddFilter(command, &options->filter);
  command->add_option("--limit", options->limit, "List at most N entries")
      ->type_name("N");
  command->add_flag("--full", options->full,
                    "Print whole verdicts (with --json)");
}

void AddRefresh(CLI::App* command, AdminOptions* options) {
  AddFilter(command, &options->filter);
  command->add_flag("--dry-run", options->dry_run,
                    "Only count the entries, and ask nothing");
  command
      ->add_option("--limit", options->limit,
                   "Refresh at most N entries (default and maximum: 1,000)")
      ->type_name("N");
}

void AddInvalidation(CLI::App* command, AdminOptions* options) {
  AddFilter(command, &options->filter);
  command->add_flag("--all", options->all, "Select all entries");
  command->add_flag("--dry-run", options->dry_run,
                    "Only count the entries, and change nothing");
  command->add_flag("--hard", options->hard,
                    "Delete the entries instead of marking them as stale; "
                    "on a terminal, asks first");
  command->add_flag("--yes", options->yes, "Delete without asking");
}

}  // namespace

std::vector<std::string> LogLevelNames() {
  std::vector<std::string> names;
  for (const auto& [name, level] : Levels()) names.push_back(name);
  return names;
}

void DeclareAdmin(CLI::App& app, Arguments& arguments) {
  AdminOptions* const options = &arguments.admin;
  CLI::App* const admin = app.add_subcommand(
      "admin", "Manage a running daemon over its admin socket");
  admin->require_subcommand(1);
  admin->fallthrough();
  admin->footer(Footer(
      "The address is that of --server or VTLOOKUP_ADMIN, or the "
      "daemon's socket on\nthis machine.",
      {"vtlookup admin status", "vtlookup admin entries --domain example.com",
       "vtlookup admin invalidate domain:example.com",
       "vtlookup admin quota --resume default"}));
  const auto add = [&app, &arguments, admin](const char* name, const char* help,
                                             Action action) {
    CLI::App* const command = admin->add_subcommand(name, help);
    command->callback([&app, &arguments, action] {
      arguments.run = RunAdmin;
      arguments.admin.action = action;
      if (app.count("--server") > 0) return;
      arguments.server = AdminAddress();
      arguments.admin.ignores_server = !Variable("VTLOOKUP_SERVER").empty() &&
                                       Variable("VTLOOKUP_ADMIN").empty();
    });
    return command;
  };
  add("status", "Show the state of the daemon", Action::kStatus);
  AddResume(add("quota", "Show how much of each API key's quota is used",
                Action::kQuota),
            &options->resume);
  AddEntries(add("entries", "List cached entries", Action::kEntries), options);
  CLI::App* const invalidate = add(
      "invalidate",
      "Mark entries as stale, so that the next lookup asks VirusTotal again",
      Action::kInvalidate);
  AddInvalidation(invalidate, options);
  AddRefresh(
      add("refresh", "Ask VirusTotal about entries again now; this uses quota",
          Action::kRefresh),
      options);
  CLI::App* const export_entries = add(
      "export", "Write entries as JSON lines to standard output, for import",
      Action::kExport);
  AddFilter(export_entries, &options->filter);
  export_entries->add_flag("--no-raw", options->no_raw,
                           "Leave out the JSON of reports as VirusTotal sent "
                           "it; makes an export several times smaller");
  add("import", "Read exported entries from standard input", Action::kImport);
  add("reload",
      "Have the daemon read its configuration, keys and certificates again",
      Action::kReload);
  AddLevel(add("log-level", "Set the log level until the next reload",
               Action::kLogLevel),
           &options->level);
}

int RunAdmin(const Session& session, const Arguments& arguments) {
  if (arguments.admin.ignores_server) {
    std::fprintf(stderr,
                 "vtlookup: asking the daemon on %s; VTLOOKUP_SERVER is for "
                 "lookups, and VTLOOKUP_ADMIN or --server for admin\n",
                 arguments.server.c_str());
  }
  const absl::Status done = Administer(session, arguments);
  if (done.ok()) return kAllAnswered;
  const std::string why =
      absl::IsUnimplemented(done)
          ? "this address does not serve AdminService; name the daemon's "
            "admin.address with --server or VTLOOKUP_ADMIN"
          : done.ToString();
  std::fprintf(stderr, "vtlookup: %s (asked the daemon on %s)\n", why.c_str(),
               arguments.server.c_str());
  return kSomeFailed;
}

}  // namespace vtlookup
