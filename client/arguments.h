#ifndef VTLOOKUP_CLIENT_ARGUMENTS_H_
#define VTLOOKUP_CLIENT_ARGUMENTS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup {

// What the command line of `vtlookup` asks for.
struct Arguments {
  enum class Command { kLookup, kSubmit, kHelp, kVersion };
  Command command = Command::kLookup;
  std::string server;
  absl::Duration timeout = absl::Seconds(30);
  bool json = false;
  std::vector<v1::Indicator> indicators;
  v1::LookupOptions options;
};

// `server` is used when the command line names none. Nothing when it makes no
// sense; `error` then says why.
std::optional<Arguments> ParseArguments(const std::vector<std::string>& words,
                                        const std::string& server,
                                        std::string* error);

extern const char kHelp[];

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_ARGUMENTS_H_
