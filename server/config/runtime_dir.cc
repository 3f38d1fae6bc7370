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
  return absl::StrCat(of_user.empty() ? "/run" : of_user, "/vtlookupd");
}

}  // namespace

std::string WithRuntimeDir(std::string address,
                           const Environment& environment) {
  const size_t at = address.find(kPlaceholder);
  if (at == std::string::npos) return address;
  return address.replace(at, kPlaceholder.size(), RuntimeDir(environment));
}

void MakeRuntimeDirFor(const std::string& address,
                       const Environment& environment) {
  const std::string folder = RuntimeDir(environment);
  if (!environment("RUNTIME_DIRECTORY").empty() ||
      !address.starts_with(absl::StrCat("unix:", folder, "/"))) {
    return;
  }
  mkdir(folder.c_str(), 0700);
}

}  // namespace vtlookup
