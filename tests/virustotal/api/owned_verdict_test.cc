#include "virustotal/api/owned_verdict.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace vtlookup {
namespace {

TEST(OwnedVerdict, MovesWithoutMovingTheVerdict) {
  OwnedVerdict verdict;
  for (int i = 0; i < 1000; ++i) {  // more than one block
    verdict->mutable_file()->add_engines()->set_engine(std::string(100, 'x'));
  }
  const v1::Verdict* const there = &*verdict;
  OwnedVerdict moved = std::move(verdict);
  EXPECT_EQ(&*moved, there);
  EXPECT_EQ(moved->file().engines_size(), 1000);
  verdict = OwnedVerdict();  // it may be assigned to
  EXPECT_EQ(verdict->file().engines_size(), 0);
  EXPECT_EQ(moved->file().engines(999).engine(), std::string(100, 'x'));
}

TEST(OwnedVerdict, ACopyOfTheVerdictOutlivesIt) {
  v1::Verdict copy;
  {
    OwnedVerdict verdict;
    verdict->set_message(std::string(100, 'm'));
    copy = *verdict;
  }
  EXPECT_EQ(copy.message(), std::string(100, 'm'));
}

}  // namespace
}  // namespace vtlookup
