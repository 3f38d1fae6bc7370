// The scripts, and what bash itself completes with its script.

#include "client/command/completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "client/command/arguments.h"
#include "tests/fakes/temp_dir.h"

namespace vtlookup {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Not;

std::optional<Arguments> Parse(const std::vector<std::string>& words) {
  std::string error;
  return ParseArguments(words, "", &error);
}

// Each word stands in the script, and bash takes it.
TEST(Completion, KnowsEveryCommandAndOption) {
  const Vocabulary vocabulary = VocabularyOfArguments();
  EXPECT_GE(vocabulary.commands.size(), 10);
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const auto arguments = Parse({"completion", shell});
    ASSERT_TRUE(arguments.has_value());
    for (const Vocabulary::Command& command : vocabulary.commands) {
      EXPECT_THAT(arguments->text,
                  testing::HasSubstr("'" + command.name + "'"));
      for (const std::string& word : command.words) {
        EXPECT_THAT(arguments->text, testing::HasSubstr(word));
      }
    }
  }
}

// What bash offers for the last of these words.
std::vector<std::string> Completed(const std::vector<std::string>& words) {
  const Vocabulary vocabulary = {
      .words = {"--json", "--server="},
      .commands = {{.name = "domain", .words = {"--cached", "--max-age="}},
                   {.name = "dump", .words = {"--all"}}}};
  const TempDir dir;
  std::ofstream(dir / "script")
      << CompletionScript("bash", vocabulary)
      << "compopt() { :; }\nCOMP_WORDS=('" << absl::StrJoin(words, "' '")
      << "')\nCOMP_CWORD=" << words.size() - 1
      << "\n_vtlookup\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n";
  std::vector<std::string> offered;
  std::FILE* const bash = popen(
      ("cd " + dir.path() + " && bash --norc -u script 2>&1").c_str(), "r");
  std::string line;
  for (int c = std::fgetc(bash); c != EOF; c = std::fgetc(bash)) {
    if (c != '\n') {
      line.push_back(static_cast<char>(c));
    } else {
      offered.push_back(std::move(line));
      line.clear();
    }
  }
  EXPECT_EQ(pclose(bash), 0);
  return offered;
}

TEST(Completion, BashOffersTheWordsThatBeginSo) {
  EXPECT_THAT(Completed({"vtlookup", "--s"}),
              testing::ElementsAre("--server="));
  EXPECT_THAT(Completed({"vtlookup", "--"}),
              testing::UnorderedElementsAre("--json", "--server="));
}

TEST(Completion, BashOffersTheOptionsOfTheCommandOnTheLine) {
  EXPECT_THAT(Completed({"vtlookup", "--json", "domain", "a.com", "--"}),
              testing::UnorderedElementsAre("--cached", "--max-age=", "--json",
                                            "--server="));
  EXPECT_THAT(Completed({"vtlookup", "dump", "--"}),
              AllOf(Contains("--all"), Not(Contains("--cached"))));
}

// The folder has one file, the script.
TEST(Completion, BashOffersFilesWhereNoWordWillDo) {
  EXPECT_THAT(Completed({"vtlookup", "domain", "scr"}),
              testing::ElementsAre("script"));
}

}  // namespace
}  // namespace vtlookup
