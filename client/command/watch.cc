#include "client/command/watch.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "client/command/arguments.h"
#include "client/command/exit_status.h"
#include "client/command/help_text.h"
#include "client/command/result_printer.h"
#include "client/command/session.h"
#include "client/command/shared_options.h"

namespace vtlookup {
namespace {

constexpr std::chrono::seconds kFirstPause(1);
constexpr std::chrono::seconds kLongestPause(30);

// Returns the parts of a response whose change is printed. After a reconnect
// the daemon sends the present verdict again, which is no change.
std::string GistOf(const v1::LookupResponse& response) {
  v1::Verdict gist;
  gist.set_response_code(response.verdict().response_code());
  if (response.verdict().has_positives()) {
    gist.set_positives(response.verdict().positives());
    gist.set_total(response.verdict().total());
  }
  return gist.SerializeAsString();
}

// The watches of all indicators. WatchOne is thread-safe; each indicator has a
// thread of its own.
class Watches {
 public:
  Watches(const Client& client, const Arguments& arguments)
      : client_(client),
        arguments_(arguments),
        options_(OptionsOf(arguments)),
        printer_({.json = arguments.json}) {}

  // Blocks until the watch has ended.
  void WatchOne(const v1::Indicator& indicator) {
    std::string last;
    std::chrono::seconds pause = kFirstPause;
    for (;;) {
      const absl::Status status = client_.Watch(
          indicator, arguments_.watch.until_final,
          [&](const v1::LookupResponse& response) {
            pause = kFirstPause;
            if (std::string gist = GistOf(response); gist != last) {
              last = std::move(gist);
              v1::LookupResult result;
              *result.mutable_response() = response;
              Print(indicator, result);
            }
            return true;
          },
          options_);
      if (status.ok()) return;
      if (!absl::IsUnavailable(status)) {
        failed_ = true;
        return Print(indicator, FailedResult(status));
      }
      std::fprintf(stderr, "vtlookup: %s; trying again in %d s\n",
                   std::string(status.message()).c_str(),
                   static_cast<int>(pause.count()));
      std::this_thread::sleep_for(pause);
      pause = std::min(pause * 2, kLongestPause);
    }
  }

  bool failed() const { return failed_; }

 private:
  // A watch has no deadline, so the timeout is said in the options.
  static v1::LookupOptions OptionsOf(const Arguments& arguments) {
    v1::LookupOptions options = arguments.options;
    SetProto(arguments.timeout, options.mutable_timeout());
    return options;
  }

  void Print(const v1::Indicator& indicator, const v1::LookupResult& result) {
    const std::lock_guard<std::mutex> lock(printing_);
    printer_.Add(indicator, result);
    printer_.EndTable();
    std::fflush(stdout);
  }

  const Client& client_;
  const Arguments& arguments_;
  const v1::LookupOptions options_;
  std::mutex printing_;
  ResultPrinter printer_;  // guarded by printing_
  std::atomic<bool> failed_ = false;
};

}  // namespace

void DeclareWatch(CLI::App& app, Arguments& arguments) {
  CLI::App* const watch = app.add_subcommand(
      "watch", "Show the current verdict, and then each change of it");
  watch->require_subcommand(1);
  watch->fallthrough();
  watch->footer(
      Footer(kStatusOfCommands, {"vtlookup watch url http://www.example.com/ "
                                 "--until-final",
                                 "vtlookup watch domain example.com --json"}));
  for (const ValueKind& kind : Kinds()) {
    CLI::App* const command =
        AddCommand(*watch, arguments, kind.name, kind.help, RunWatch);
    AddValues(command, arguments, kind);
    command->add_flag("--until-final", arguments.watch.until_final,
                      "Stop at the first verdict that is not queued");
  }
}

int RunWatch(const Session& session, const Arguments& arguments) {
  Watches watches(session.client, arguments);
  std::vector<std::thread> threads;
  for (const v1::Indicator& indicator : arguments.indicators) {
    threads.emplace_back([&] { watches.WatchOne(indicator); });
  }
  for (std::thread& thread : threads) thread.join();
  return watches.failed() ? kSomeFailed : kAllAnswered;
}

}  // namespace vtlookup
