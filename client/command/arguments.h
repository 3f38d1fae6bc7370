#ifndef VTLOOKUP_CLIENT_COMMAND_ARGUMENTS_H_
#define VTLOOKUP_CLIENT_COMMAND_ARGUMENTS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "vtlookup/connection.h"
#include "vtlookup/v1/admin.pb.h"
#include "vtlookup/v1/dnif.pb.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup {

// What the command line of `vtlookup` asks for.
struct Arguments {
  enum class Command {
    kPrint,  // `text`: help, the version, a completion script
    kLookup,
    kSubmit,
    kWatch,
    kStatus,
    kEnrich,
    kAdmin,
    kBench,
  };
  Command command = Command::kPrint;
  std::string text;

  std::string server;
  ConnectionOptions connection;
  std::string token_file;
  absl::Duration timeout = absl::Seconds(30);
  bool json = false;

  std::vector<v1::Indicator> indicators;
  v1::LookupOptions options;
  bool until_final = false;

  // `vtlookup admin`: which rpc of AdminService, and its request.
  struct Admin {
    enum class Action {
      kStatus,
      kEntries,
      kInvalidate,
      kRefresh,
      kExport,
      kImport,
      kQuota,
      kReload,
      kLogLevel,
    };
    Action action = Action::kStatus;
    v1::EntryFilter filter;
    bool dry_run = false;
    bool hard = false;
    bool all = false;
    bool full = false;
    uint32_t limit = 0;  // entries; 0: no limit, or the daemon's
    v1::LogLevel level = v1::LOG_LEVEL_UNSPECIFIED;
  };
  Admin admin;

  struct Enrich {
    enum class Format { kByName, kJson, kCsv };
    enum class OnError { kKeep, kDrop, kFail };
    v1::DnifLookup lookup = v1::DNIF_LOOKUP_UNSPECIFIED;
    std::string field;
    std::vector<std::string> files;  // none: standard input
    Format format = Format::kByName;
    OnError on_error = OnError::kKeep;
    std::string rejects;  // a file; empty: standard error
    bool quiet = false;
    std::optional<bool> safe_cells;  // not set: on a terminal only
  };
  Enrich enrich;

  struct Bench {
    // Makes an indicator of a value's text.
    void (*make)(const std::string& text, v1::Indicator* out) = nullptr;
    std::string file;  // values, one in a line; empty: standard input
    double seconds = 5;
    uint32_t batch = 100;  // values in a call
    uint32_t concurrency = 4;
  };
  Bench bench;
};

// What the command line may be completed with, for scripts of shells. A word
// that is an option ends in `=` when it takes a value.
struct Vocabulary {
  struct Command {
    std::string name;
    std::vector<std::string> words;
  };
  std::vector<std::string> words;  // before any command
  std::vector<Command> commands;
};
Vocabulary VocabularyOfArguments();

// `server` is used when the command line names none. Nothing when it makes no
// sense; `error` then says why.
std::optional<Arguments> ParseArguments(const std::vector<std::string>& words,
                                        const std::string& server,
                                        std::string* error);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_ARGUMENTS_H_
