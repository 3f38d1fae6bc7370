#ifndef VTLOOKUP_TESTS_VIRUSTOTAL_API_SAMPLE_FILES_H_
#define VTLOOKUP_TESTS_VIRUSTOTAL_API_SAMPLE_FILES_H_

#include <string>
#include <vector>

namespace vtlookup {

// A recorded answer.
struct Sample {
  std::string name;    // of the file
  std::string folder;  // that it lies in
  std::string body;
};

// Those below `folder` ("v3/url"), by name: the recorded collection where it is
// there, and in any case the answers that are part of this project, of which
// there is at least one.
std::vector<Sample> SamplesOf(const std::string& folder);

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_VIRUSTOTAL_API_SAMPLE_FILES_H_
