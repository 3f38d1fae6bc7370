// bench_load sends requests as fast as one thread can, with a given number of
// calls in flight, and prints its measurements as JSON. The requests are made
// before the clock starts, and only one answer in a hundred is decoded, so that
// the client leaves most of the machine to the server.

#include <CLI/CLI.hpp>
#include <iostream>

#include "tests/bench/load/requests.h"
#include "tests/bench/load/run.h"
#include "tests/bench/load/settings.h"
#include "tests/bench/load/tally.h"

namespace vtlookup::bench {
namespace {

int Main(int argc, char** argv) {
  Settings settings;
  CLI::App app("Asks as fast as it can.");
  app.add_option("--target", settings.target)->required();
  app.add_option("--kind", settings.kind)
      ->check(CLI::IsMember({"lookup", "batch", "stream", "echo"}));
  app.add_option("--view", settings.view)
      ->check(CLI::IsMember({"summary", "full"}));
  app.add_option("--mode", settings.mode)
      ->check(CLI::IsMember({"default", "only"}));
  app.add_option("--batch", settings.batch);
  app.add_option("--population", settings.population);
  app.add_option("--first", settings.first);
  app.add_option("--connections", settings.connections);
  app.add_option("--in-flight", settings.in_flight);
  app.add_option("--seconds", settings.seconds);
  app.add_option("--deadline", settings.deadline);
  app.add_option("--calls", settings.calls);
  app.add_option("--prepared", settings.prepared);
  app.add_flag("--in-order", settings.in_order);
  CLI11_PARSE(app, argc, argv);

  const Requests requests = MakeRequests(settings);
  if (settings.in_order && settings.calls == 0) {
    settings.calls = requests.all.size();
  }
  Tally tally(settings);
  const double seconds = settings.kind == "stream"
                             ? RunStream(settings, requests, &tally)
                             : RunUnary(settings, requests, &tally);
  std::cout << tally.Told(seconds).dump() << '\n';
  return 0;
}

}  // namespace
}  // namespace vtlookup::bench

int main(int argc, char** argv) { return vtlookup::bench::Main(argc, argv); }
