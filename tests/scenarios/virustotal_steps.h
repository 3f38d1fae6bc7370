#ifndef VTLOOKUP_TESTS_SCENARIOS_VIRUSTOTAL_STEPS_H_
#define VTLOOKUP_TESTS_SCENARIOS_VIRUSTOTAL_STEPS_H_

#include "tests/scenarios/words.h"
#include "tests/scenarios/world.h"

namespace vtlookup {

// The steps that begin with `upstream`: what VirusTotal is asked in this world,
// and what it answers. README.md describes them. What is not as the words say
// is a gtest failure.
void RunVirusTotalStep(const Words& words, World& world);

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_SCENARIOS_VIRUSTOTAL_STEPS_H_
