#ifndef VTLOOKUP_TESTS_FAKES_TEMP_DIR_H_
#define VTLOOKUP_TESTS_FAKES_TEMP_DIR_H_

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

namespace vtlookup {

// A new folder, in memory where the system has such a place: the ledger and
// RocksDB wait for the disk so often that tests would take several times as
// long. TMPDIR, if set, names another place. The destructor deletes the folder.
class TempDir {
 public:
  TempDir() {
    std::string name = (Parent() / "vtlookup-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const {
    return path_ + "/" + name;
  }

 private:
  static std::filesystem::path Parent() {
    constexpr char kInMemory[] = "/dev/shm";
    const bool chosen = std::getenv("TMPDIR") != nullptr;
    if (chosen || access(kInMemory, W_OK) != 0) {
      return std::filesystem::temp_directory_path();
    }
    return kInMemory;
  }

  std::string path_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_FAKES_TEMP_DIR_H_
