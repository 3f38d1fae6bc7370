#ifndef VTLOOKUP_SERVER_CHECK_FILES_H_
#define VTLOOKUP_SERVER_CHECK_FILES_H_

#include "server/config/yaml.h"
#include "vtlookup/v1/config.pb.h"

namespace vtlookup {

// What a look at the files and folders of a configuration has found. Each text
// begins with the key that names the file.
struct FileFindings {
  ConfigErrors errors;    // the daemon does not start
  ConfigErrors warnings;  // it starts, and lacks something
};

// Checks the files and folders that the configuration names: loads the TLS
// files, reads virustotal.ca_file, and checks that the audit log, the cache
// folder and the folders of Unix sockets can be written. Does not check the
// files of API keys and of the proxy login, which the caller loads. Creates and
// changes nothing. Thread-safe.
FileFindings CheckFiles(const v1::Config& config);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_CHECK_FILES_H_
