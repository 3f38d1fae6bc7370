#include "cache/store_files.h"

#include <filesystem>
#include <fstream>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace vtlookup {
namespace {

namespace fs = std::filesystem;

constexpr char kBrokenMark[] = "/BROKEN";

}  // namespace

bool Exists(const std::string& path) {
  std::error_code error;
  return fs::exists(path, error);
}

uint64_t SizeOfFiles(const std::string& folder, std::string_view extension) {
  std::error_code error;
  uint64_t sum = 0;
  for (const auto& file : fs::directory_iterator(folder, error)) {
    if (!extension.empty() && file.path().extension() != extension) continue;
    const uint64_t size = file.file_size(error);
    if (!error) sum += size;
  }
  return sum;
}

bool LostItsCurrent(const std::string& path) {
  if (Exists(path + "/CURRENT")) return false;
  std::error_code error;
  for (const auto& file : fs::directory_iterator(path, error)) {
    if (file.path().extension() == ".sst") return true;
  }
  return false;
}

bool IsMarkedBroken(const std::string& path) {
  return Exists(path + kBrokenMark);
}

void MarkBroken(const std::string& path, std::string_view why) {
  std::ofstream(path + kBrokenMark) << why << '\n';
}

absl::Status ReplaceByNew(const std::string& path) {
  std::error_code error;
  fs::rename(path, path + kOldSuffix, error);
  if (!error) fs::rename(path + kNewSuffix, path, error);
  if (error) {
    return absl::InternalError(absl::StrCat(
        "cannot put ", path, kNewSuffix, " in its place: ", error.message()));
  }
  fs::remove_all(path + kOldSuffix, error);
  return absl::OkStatus();
}

void FinishReplacing(const std::string& path) {
  std::error_code error;
  if (!Exists(path) && Exists(path + kNewSuffix)) {
    fs::rename(path + kNewSuffix, path, error);
  }
  fs::remove_all(path + kNewSuffix, error);
  fs::remove_all(path + kOldSuffix, error);
}

}  // namespace vtlookup
