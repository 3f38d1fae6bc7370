#include "server/config/runtime_dir.h"

#include <sys/stat.h>

#include <string_view>

#include "absl/strings/str_cat.h"

namespace vtlookup {
namespace {

constexpr std::string_view kPlaceholder = "<runtime dir>";

std::string RuntimeDir(const Environment& environment) {
  const std::string own = environment("RUNTIME_DIRECTORY");
  if (!own.empty()) return own.substr(0, own.find(':'));
  const std::string of_user = environment("XDG_RUNTIME_DIR");
  std::string folder =
      absl::StrCat(of_user.empty() ? "/run" : of_user, "/vtlookupd");
  mkdir(folder.c_str(), 0700);  // a failure shows when the folder is used
  return folder;
}

}  // namespace

std::string WithRuntimeDir(std::string address,
                           const Environment& environment) {
  const size_t at = address.find(kPlaceholder);
  if (at == std::string::npos) return address;
  return address.replace(at, kPlaceholder.size(), RuntimeDir(environment));
}

}  // namespace vtlookup
