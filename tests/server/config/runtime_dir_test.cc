#include "server/config/runtime_dir.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <map>
#include <string>

#include "tests/fakes/temp_dir.h"

namespace vtlookup {
namespace {

std::string With(std::map<std::string, std::string> environment,
                 const std::string& address) {
  return WithRuntimeDir(
      address, [&environment](const char* name) { return environment[name]; });
}

TEST(RuntimeDir, IsTheOneThatSystemdMade) {
  const TempDir users;
  EXPECT_EQ(With({{"RUNTIME_DIRECTORY", "/run/own"},
                  {"XDG_RUNTIME_DIR", users.path()}},
                 "unix:<runtime dir>/admin.sock"),
            "unix:/run/own/admin.sock");
  // Systemd names all of a unit's.
  EXPECT_EQ(With({{"RUNTIME_DIRECTORY", "/run/a:/run/b"}},
                 "unix:<runtime dir>/admin.sock"),
            "unix:/run/a/admin.sock");
  struct stat status {};
  EXPECT_NE(stat((users / "vtlookupd").c_str(), &status), 0);
}

TEST(RuntimeDir, OrOneOfTheUsersThatIsMadeForTheOwnerOnly) {
  const TempDir users;
  const auto environment = [&users](const char* name) -> std::string {
    return std::string(name) == "XDG_RUNTIME_DIR" ? users.path() : "";
  };
  const std::string address =
      WithRuntimeDir("unix:<runtime dir>/admin.sock", environment);
  EXPECT_EQ(address, "unix:" + (users / "vtlookupd") + "/admin.sock");
  struct stat none {};
  EXPECT_NE(stat((users / "vtlookupd").c_str(), &none), 0);
  MakeRuntimeDirFor("unix:/elsewhere/admin.sock", environment);
  EXPECT_NE(stat((users / "vtlookupd").c_str(), &none), 0);
  for (int again = 0; again < 2; ++again) {
    MakeRuntimeDirFor(address, environment);
    struct stat status {};
    ASSERT_EQ(stat((users / "vtlookupd").c_str(), &status), 0);
    EXPECT_TRUE(S_ISDIR(status.st_mode));
    EXPECT_EQ(status.st_mode & 0777, 0700);
  }
}

TEST(RuntimeDir, IsNotLookedForWhereItIsNotNamed) {
  for (const char* address : {"", "127.0.0.1:1", "unix:/run/x.sock"}) {
    EXPECT_EQ(WithRuntimeDir(address,
                             [](const char* name) -> std::string {
                               ADD_FAILURE() << name;
                               return "";
                             }),
              address);
  }
}

}  // namespace
}  // namespace vtlookup
