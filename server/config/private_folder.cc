#include "server/config/private_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "absl/strings/match.h"

namespace vtlookup {
namespace {

namespace fs = std::filesystem;

constexpr char kVerdicts[] = "verdicts";
constexpr char kRaw[] = "raw";
constexpr char kQuota[] = "quota";

void Close(const std::string& folder) {
  struct stat status {};
  if (lstat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) return;
  if (status.st_uid != geteuid()) return;
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) == 0) return;
  // If this fails, the folder is as open as before.
  if (chmod(folder.c_str(), S_IRWXU) != 0) return;
}

}  // namespace

void CloseToOthers(const std::string& path) {
  bool only_ours = true;
  std::error_code error;
  for (const auto& file : fs::directory_iterator(path, error)) {
    const std::string name = file.path().filename().string();
    if (absl::StartsWith(name, kVerdicts) || name == kRaw) {
      Close(file.path().string());
    } else if (!absl::StartsWith(name, kQuota)) {
      only_ours = false;
    }
  }
  if (!error && only_ours) Close(path);
}

}  // namespace vtlookup
