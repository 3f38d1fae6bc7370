#include "client/command/arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "client/command/enrich.h"
#include "client/command/submit.h"
#include "tests/paths.h"

namespace vtlookup {
namespace {

std::string ErrorOf(const std::vector<std::string>& words) {
  std::string error;
  EXPECT_FALSE(ParseArguments(words, "", &error).has_value());
  return error;
}

std::optional<Arguments> Parse(const std::vector<std::string>& words) {
  std::string error;
  auto arguments = ParseArguments(words, "", &error);
  EXPECT_EQ(arguments.has_value(), error.empty());
  return arguments;
}

TEST(Arguments, ValuesBecomeIndicatorsOfTheCommandsKind) {
  EXPECT_EQ(Parse({"url", "http://a.com/", "b.com"})->indicators[1].url(),
            "b.com");
  EXPECT_EQ(Parse({"domain", "a.com"})->indicators[0].domain(), "a.com");
  EXPECT_EQ(Parse({"ip", "1.2.3.4"})->indicators[0].ip(), "1.2.3.4");
  EXPECT_EQ(Parse({"file", "aa"})->indicators[0].file_hash(), "aa");
  EXPECT_EQ(Parse({"scan", "x-1"})->indicators[0].url_scan_id(), "x-1");
  EXPECT_EQ(Parse({"submit", "a.com"})->run, RunSubmit);
}

TEST(Arguments, AValueNeedsNoCommand) {
  EXPECT_EQ(Parse({"a.com"})->indicators[0].domain(), "a.com");
  const auto mixed = Parse({"--json", "--server", "h:1", "1.2.3.4", "--cached",
                            "hxxp://evil[.]com/x"});
  ASSERT_TRUE(mixed.has_value());
  EXPECT_EQ(mixed->run, RunLookup);
  EXPECT_EQ(mixed->server, "h:1");
  EXPECT_EQ(mixed->indicators[0].ip(), "1.2.3.4");
  EXPECT_EQ(mixed->indicators[1].url(), "http://evil.com/x");
  EXPECT_EQ(mixed->options.cache_mode(), v1::CACHE_MODE_ONLY);
  // A command comes first, whatever follows.
  EXPECT_EQ(Parse({"domain", "status"})->indicators[0].domain(), "status");
  EXPECT_EQ(Parse({"lookup", "a.com"})->indicators[0].domain(), "a.com");
  EXPECT_THAT(Parse({"--file", "list.txt", "-v"})->lookup.lists,
              testing::ElementsAre("list.txt"));
  EXPECT_THAT(Parse({"-"})->lookup.lists, testing::ElementsAre("-"));
  const auto both = Parse({"--file", "list.txt", "a.com", "--file", "b.txt"});
  EXPECT_EQ(both->indicators.size(), 1U);
  EXPECT_THAT(both->lookup.lists, testing::ElementsAre("list.txt", "b.txt"));
  EXPECT_THAT(Parse({"enrich", "get_ip_report", "f", "--fields", "$VTCN,$VTASN",
                     "rows.csv"})
                  ->enrich.files,
              testing::ElementsAre("rows.csv"));
  EXPECT_EQ(Parse({"--", "a.com"})->indicators[0].domain(), "a.com");
}

TEST(Arguments, DefangedValuesAreRefangedUnlessThatIsNotWanted) {
  EXPECT_EQ(Parse({"domain", "evil[.]com"})->indicators[0].domain(),
            "evil.com");
  EXPECT_EQ(
      Parse({"domain", "evil[.]com", "--no-refang"})->indicators[0].domain(),
      "evil[.]com");
  EXPECT_EQ(Parse({"submit", "hxxp://a.com"})->indicators[0].url(),
            "http://a.com");
  EXPECT_EQ(
      Parse({"submit", "--no-refang", "hxxp://a.com"})->indicators[0].url(),
      "hxxp://a.com");
}

TEST(Arguments, FindingsForTheExitStatus) {
  EXPECT_EQ(Parse({"--fail-on", "malicious", "a.com"})->indicators.size(), 1U);
  EXPECT_THAT(
      Parse({"--fail-on=missing", "--fail-on=queued", "a.com"})->lookup.fail_on,
      testing::ElementsAre("missing", "queued"));
  EXPECT_THAT(Parse({"a.com", "--fail-on", "malicious,queued"})->lookup.fail_on,
              testing::ElementsAre("malicious", "queued"));
  std::string error;
  EXPECT_FALSE(ParseArguments({"a.com", "--fail-on=odd"}, "", &error));
  EXPECT_THAT(error, testing::HasSubstr("odd not in"));
}

TEST(Arguments, OptionsMayStandAnywhere) {
  const auto arguments =
      Parse({"--json", "domain", "--server", "h:1", "a.com", "--max-age=10m",
             "--summary", "--cached", "--no-submit", "--timeout", "5s"});
  ASSERT_TRUE(arguments.has_value());
  EXPECT_TRUE(arguments->json);
  EXPECT_EQ(arguments->server, "h:1");
  EXPECT_EQ(arguments->timeout, absl::Seconds(5));
  EXPECT_EQ(arguments->options.max_age().seconds(), 600);
  EXPECT_EQ(arguments->options.view(), v1::VIEW_SUMMARY);
  EXPECT_EQ(arguments->options.cache_mode(), v1::CACHE_MODE_ONLY);
  EXPECT_FALSE(arguments->options.submit_missing_url());
  EXPECT_TRUE(arguments->options.has_submit_missing_url());
}

TEST(Arguments, DurationsMayBeShortAndLong) {
  const auto brief = Parse({"domain", "a.com", "--max-age=500ms"});
  EXPECT_EQ(brief->options.max_age().seconds(), 0);
  EXPECT_EQ(brief->options.max_age().nanos(), 500000000);
  EXPECT_EQ(
      Parse({"domain", "a.com", "--max-age=7d"})->options.max_age().seconds(),
      604800);
}

TEST(Arguments, AfterTwoDashesComeOnlyValues) {
  const auto arguments = Parse({"domain", "--", "--json"});
  EXPECT_EQ(arguments->indicators[0].domain(), "--json");
  EXPECT_FALSE(arguments->json);
}

TEST(Arguments, TheServerComesFromOptionEnvironmentOrDefault) {
  std::string error;
  EXPECT_EQ(ParseArguments({"ip", "::1"}, "", &error)->server,
            "127.0.0.1:50051");
  EXPECT_EQ(ParseArguments({"ip", "::1"}, "env:1", &error)->server, "env:1");
  EXPECT_EQ(
      ParseArguments({"ip", "::1", "--server=o:1"}, "env:1", &error)->server,
      "o:1");
}

TEST(Arguments, MistakesAreToldApart) {
  const struct {
    std::vector<std::string> words;
    const char* error;
  } kCases[] = {
      {{}, "the command is missing"},
      {{"domain"}, "NAME is required"},
      {{"nonsense", "x"},
       "\"nonsense\" is not a command, and it does not look like a URL"},
      {{"domian", "a.com"}, "did you mean domain?"},
      {{"lookup"}, "VALUE is required"},
      {{"-v", "domain", "a.com"}, "options of a command follow its name"},
      {{"ip", "x", "--odd"}, "--odd"},
      {{"ip", "x", "--server"}, "--server"},
      {{"ip", "x", "--timeout=soon"}, "expected a duration such as 30s or 24h"},
      {{"ip", "x", "--cached", "--refresh"}, "excludes"},
      {{"ip", "\xff"}, "not UTF-8"},
      {{"enrich", "get_report", "f"}, "get_report not in"},
      {{"enrich", "get_url_report"}, "FIELD is required"},
      {{"enrich", "get_url_report", "f", "--on-error=panic"}, "panic"},
      {{"completion", "tcsh"}, "tcsh not in"}};
  for (const auto& c : kCases) {
    std::string error;
    EXPECT_FALSE(ParseArguments(c.words, "", &error).has_value());
    EXPECT_THAT(error, testing::HasSubstr(c.error));
  }
}

TEST(Arguments, ASecretInTheWrongPlaceIsNotRepeated) {
  const std::string token = "q7Jt3yZ0mWXr5hK9vL2cN8bP4dF6gS1a";
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"ip", "x", "--token", token},
        {"ip", "x", "--token=" + token},
        {"ip", "x", "--token", "short1"},
        {"--token", "short1", "ip", "x"},
        {"ip", "x", "--timeout=" + token},
        {"enrich", "get_url_report", "f", "--on-error", token},
        {token}}) {
    std::string error;
    EXPECT_FALSE(ParseArguments(words, "", &error).has_value());
    EXPECT_THAT(error, testing::Not(testing::HasSubstr(token)));
    EXPECT_THAT(error, testing::Not(testing::HasSubstr("short1")));
  }
  std::string error;
  ParseArguments({"ip", "x", "--token", "short1"}, "", &error);
  EXPECT_THAT(error, testing::HasSubstr("--token"));
}

// Hashes of files look like keys, but they are the values that the user asks
// for, so they are accepted.
TEST(Arguments, IndicatorsAreKeptWhateverTheyLookLike) {
  const std::string hash(64, 'e');
  EXPECT_EQ(Parse({"file", hash})->indicators.at(0).file_hash(), hash);
}

TEST(Arguments, RowsAreEnriched) {
  const auto arguments =
      Parse({"enrich", "get_ip_report", "$SrcIP", "a.csv", "b.csv", "--jsonl",
             "--on-error", "drop", "--rejects=r", "--max-age", "1h"});
  ASSERT_TRUE(arguments.has_value());
  EXPECT_EQ(arguments->run, RunEnrich);
  const EnrichOptions& enrich = arguments->enrich;
  EXPECT_EQ(enrich.lookups.front().lookup, v1::DNIF_LOOKUP_GET_IP_REPORT);
  EXPECT_EQ(enrich.lookups.front().field, "$SrcIP");
  EXPECT_THAT(enrich.files, testing::ElementsAre("a.csv", "b.csv"));
  EXPECT_EQ(enrich.format, EnrichOptions::Format::kJson);
  EXPECT_EQ(enrich.on_error, EnrichOptions::OnError::kDrop);
  EXPECT_EQ(enrich.rejects, "r");
  EXPECT_EQ(enrich.lookups.size(), 1U);
  EXPECT_EQ(arguments->options.max_age().seconds(), 3600);
}

TEST(Arguments, FurtherLookupsOfRowsComeInPairs) {
  const auto arguments =
      Parse({"enrich", "get_url_report", "u", "--also", "get_ip_report", "a",
             "in.csv", "--also", "get_domain_report", "h"});
  ASSERT_TRUE(arguments.has_value());
  const EnrichOptions& enrich = arguments->enrich;
  EXPECT_THAT(enrich.files, testing::ElementsAre("in.csv"));
  ASSERT_EQ(enrich.lookups.size(), 3U);
  EXPECT_EQ(enrich.lookups[1].lookup, v1::DNIF_LOOKUP_GET_IP_REPORT);
  EXPECT_EQ(enrich.lookups[1].field, "a");
  EXPECT_EQ(enrich.lookups[1].suffix, "_a");
  EXPECT_EQ(enrich.lookups[2].field, "h");
  EXPECT_FALSE(
      Parse({"enrich", "get_url_report", "u", "--also", "get_report", "a"})
          .has_value());
}

TEST(Arguments, WatchesAnyKind) {
  const auto arguments = Parse({"watch", "url", "a.com", "--until-final"});
  ASSERT_TRUE(arguments.has_value());
  EXPECT_EQ(arguments->run, RunWatch);
  EXPECT_EQ(arguments->indicators[0].url(), "a.com");
  EXPECT_TRUE(arguments->watch.until_final);
}

TEST(Arguments, BenchHasKindFileAndHowMuch) {
  const auto arguments = Parse({"bench", "domain", "names.txt", "--seconds",
                                "0.5", "--batch", "1", "--json"});
  ASSERT_TRUE(arguments.has_value());
  EXPECT_EQ(arguments->run, RunBench);
  v1::Indicator indicator;
  arguments->bench.make("a.com", &indicator);
  EXPECT_EQ(indicator.domain(), "a.com");
  EXPECT_EQ(arguments->bench.file, "names.txt");
  EXPECT_EQ(arguments->bench.seconds, 0.5);
  EXPECT_EQ(arguments->bench.batch, 1);
  EXPECT_EQ(arguments->bench.concurrency, 4);
  EXPECT_FALSE(Parse({"bench", "phone"}).has_value());
  EXPECT_FALSE(Parse({"bench", "url", "--batch", "0"}).has_value());
}

TEST(Arguments, TheHelpOfACommandIsAboutThatCommand) {
  std::vector<std::vector<std::string>> commands;
  for (const Vocabulary::Command& command : VocabularyOfArguments().commands) {
    commands.push_back(absl::StrSplit(command.name, ' '));
  }
  for (std::vector<std::string> words : commands) {
    const std::string name = words.front();
    words.emplace_back("--help");
    const std::string help = Parse(words)->text;
    SCOPED_TRACE(help);
    for (const char* of_the_parser : {"->", "{", "Excludes", "REQUIRED"}) {
      EXPECT_THAT(help, testing::Not(testing::HasSubstr(of_the_parser)));
    }
    EXPECT_THAT(help, testing::HasSubstr("vtlookup --help"));
    if (name != "enrich") {
      EXPECT_THAT(help, testing::Not(testing::HasSubstr("vtlookup enrich")));
    }
    EXPECT_THAT(help, testing::AnyOf(testing::HasSubstr("\n  vtlookup "),
                                     testing::HasSubstr("completion")));
    for (const std::string& line :
         std::vector<std::string>(absl::StrSplit(help, '\n'))) {
      EXPECT_LE(line.size(), 84) << line;
    }
  }
}

TEST(Arguments, AMisspeltOptionIsNamedAndNotItsValue) {
  EXPECT_THAT(ErrorOf({"admin", "entries", "--domian", "x"}),
              testing::HasSubstr("unknown arguments (options of a command "
                                 "follow its name): --domian"));
}

TEST(Arguments, HelpMayBeAWord) {
  EXPECT_EQ(Parse({"help"})->text, Parse({"--help"})->text);
  EXPECT_EQ(Parse({"help", "enrich"})->text, Parse({"enrich", "--help"})->text);
}

TEST(Arguments, AMisspeltWordBelowACommandIsNamed) {
  EXPECT_EQ(ErrorOf({"admin", "relod"}),
            "\"relod\" is not a command of admin; did you mean reload?");
  EXPECT_THAT(
      ErrorOf({"watch", "example.com"}),
      testing::HasSubstr("is not a command of watch; one of these "
                         "must come first: url, domain, ip, file, scan"));
  EXPECT_THAT(ErrorOf({"admin"}),
              testing::HasSubstr("a command must follow admin: status, quota"));
}

TEST(Arguments, HelpNeedsNoCommand) {
  EXPECT_EQ(Parse({"--help"})->run, PrintText);
  EXPECT_THAT(Parse({"--help"})->text, testing::HasSubstr("enrich"));
  EXPECT_THAT(Parse({"--version"})->text, testing::HasSubstr("vtlookup "));
  EXPECT_THAT(Parse({"enrich", "--help"})->text,
              testing::HasSubstr("--on-error"));
}

// The manual names every command and option.
TEST(Manual, IsComplete) {
  std::ifstream in(TEST_SOURCE_DIR "/../docs/man/vtlookup.1");
  const std::string manual((std::istreambuf_iterator<char>(in)), {});
  const Vocabulary vocabulary = VocabularyOfArguments();
  std::vector<std::string> words = vocabulary.words;
  for (const Vocabulary::Command& command : vocabulary.commands) {
    words.insert(words.end(), command.words.begin(), command.words.end());
  }
  for (std::string word : words) {
    if (word.starts_with("--")) word = "Fl -" + word.substr(2);
    word.resize(std::min(word.size(), word.find('=')));
    EXPECT_THAT(manual, testing::HasSubstr(word));
  }
}

}  // namespace
}  // namespace vtlookup
