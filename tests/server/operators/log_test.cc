// The log belongs to the process, so each test starts it in a process of its
// own, which ends; what that wrote is in standard error. Messages of protobuf
// stand for all messages: they are logged at the level "debug".

#include "server/operators/log.h"

#include <gmock/gmock.h>
#include <google/protobuf/stubs/logging.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

namespace vtlookup {
namespace {

using testing::ExitedWithCode;
using testing::MatchesRegex;

v1::LogConfig ConfigOf(v1::LogLevel level, v1::LogFormat format) {
  v1::LogConfig config;
  config.set_level(level);
  config.set_format(format);
  return config;
}

void Say(const std::string& message) { GOOGLE_LOG(ERROR) << message; }

class LogDeathTest : public testing::Test {
 protected:
  // The other process starts anew: a copy of this one would lack the threads
  // that other tests have started. It ends without their cleaning up, too.
  LogDeathTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

TEST_F(LogDeathTest, ALineHasItsTimeInUtcAndItsLevel) {
  EXPECT_EXIT(
      {
        StartLog(ConfigOf(v1::LOG_LEVEL_DEBUG, v1::LOG_FORMAT_TEXT));
        Say("hello");
        std::_Exit(0);
      },
      ExitedWithCode(0),
      testing::ContainsRegex(
          "....-..-..T..:..:......Z debug protobuf: hello\n"));
}

TEST_F(LogDeathTest, InTextEachMessageIsOneLineThatATerminalShows) {
  EXPECT_EXIT(
      {
        StartLog(ConfigOf(v1::LOG_LEVEL_DEBUG, v1::LOG_FORMAT_TEXT));
        Say("one\n2020-01-01T00:00:00.000Z info two \x1b]0;title\x07 \u202E");
        std::_Exit(0);
      },
      ExitedWithCode(0),
      testing::HasSubstr("one\\u000a2020-01-01T00:00:00.000Z info two "
                         "\\u001b]0;title\\u0007 \\u202e\n"));
}

TEST_F(LogDeathTest, InJsonEachLineIsAnObjectWhateverAMessageHas) {
  const std::string message = "a \"quoted\"\nsecond line \xff\x01";
  const auto is_one_object = [](const std::string& written) {
    std::istringstream in(written);
    std::string line;
    std::vector<nlohmann::json> lines;
    while (std::getline(in, line)) {
      lines.push_back(nlohmann::json::parse(line, nullptr, false));
    }
    return lines.size() == 1 && lines[0].is_object() && lines[0].size() == 3 &&
           lines[0]["level"] == "debug" &&
           lines[0]["message"] ==
               "protobuf: a \"quoted\"\nsecond line "
               "\xef\xbf\xbd\x01" &&
           lines[0]["time"].get<std::string>().size() ==
               std::string("2023-11-14T22:13:20.007Z").size();
  };
  EXPECT_EXIT(
      {
        StartLog(ConfigOf(v1::LOG_LEVEL_DEBUG, v1::LOG_FORMAT_JSON));
        Say(message);
        std::_Exit(0);
      },
      ExitedWithCode(0), testing::Truly(is_one_object));
}

TEST_F(LogDeathTest, WhatIsBelowTheLevelIsLeftOut) {
  for (const v1::LogLevel level :
       {v1::LOG_LEVEL_UNSPECIFIED, v1::LOG_LEVEL_INFO, v1::LOG_LEVEL_WARNING,
        v1::LOG_LEVEL_ERROR}) {
    EXPECT_EXIT(
        {
          StartLog(ConfigOf(level, v1::LOG_FORMAT_TEXT));
          Say("hello");
          std::_Exit(0);
        },
        ExitedWithCode(0), testing::Eq(""))
        << level;
  }
}

TEST_F(LogDeathTest, TheLevelChangesAtOnce) {
  EXPECT_EXIT(
      {
        StartLog(ConfigOf(v1::LOG_LEVEL_INFO, v1::LOG_FORMAT_TEXT));
        Say("one");
        SetLogLevel(v1::LOG_LEVEL_DEBUG);
        Say("two");
        SetLogLevel(v1::LOG_LEVEL_ERROR);
        Say("three");
        std::_Exit(0);
      },
      ExitedWithCode(0), MatchesRegex("[^\n]* debug protobuf: two\n"));
}

TEST_F(LogDeathTest, TellsItsLevel) {
  EXPECT_EXIT(
      {
        bool right = true;
        for (const v1::LogLevel level :
             {v1::LOG_LEVEL_DEBUG, v1::LOG_LEVEL_INFO, v1::LOG_LEVEL_WARNING,
              v1::LOG_LEVEL_ERROR}) {
          SetLogLevel(level);
          right = right && CurrentLogLevel() == level;
        }
        std::_Exit(right ? 0 : 1);
      },
      ExitedWithCode(0), "");
}

// The level that was started with is told too.
TEST_F(LogDeathTest, TellsTheLevelOfTheConfiguration) {
  EXPECT_EXIT(
      {
        StartLog(ConfigOf(v1::LOG_LEVEL_WARNING, v1::LOG_FORMAT_TEXT));
        std::_Exit(CurrentLogLevel() == v1::LOG_LEVEL_WARNING ? 0 : 1);
      },
      ExitedWithCode(0), "");
}

}  // namespace
}  // namespace vtlookup
