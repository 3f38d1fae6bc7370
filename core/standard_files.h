#ifndef VTLOOKUP_CORE_STANDARD_FILES_H_
#define VTLOOKUP_CORE_STANDARD_FILES_H_

namespace vtlookup {

// Opens /dev/null for each of the descriptors 0, 1 and 2 that is closed.
// Without this, the next file or socket that the program opens would get the
// number, and what is meant for standard output would be written into it. It is
// opened for reading only, so that a program whose standard output is closed
// still sees that its output is lost. Call this first thing in main.
void OpenStandardFiles();

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_STANDARD_FILES_H_
