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

// Opens every file and folder that the configuration names, but the files of
// API keys: certificates and keys of TLS, the authorities of VirusTotal, the
// audit log, the folder of the cache, folders of sockets. Creates and changes
// nothing. Thread-safe.
FileFindings CheckFiles(const v1::Config& config);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_CHECK_FILES_H_
