#ifndef VTLOOKUP_TESTS_VIRUSTOTAL_API_SAMPLE_FILES_H_
#define VTLOOKUP_TESTS_VIRUSTOTAL_API_SAMPLE_FILES_H_

#include <string>
#include <vector>

namespace vtlookup {

// A recorded answer.
struct Sample {
  std::string name;    // of the file
  std::string folder;  // in which the file is
  std::string body;
};

// Returns the recorded answers below `folder` ("v3/url"), sorted by name: those
// of the recorded collection if this machine has it, and those of this project.
// There is at least one of the latter.
std::vector<Sample> SamplesOf(const std::string& folder);

// Counts an answer that the present test does not use.
void SkipSample(const Sample& sample);

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_VIRUSTOTAL_API_SAMPLE_FILES_H_
