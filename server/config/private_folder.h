#ifndef VTLOOKUP_SERVER_CONFIG_PRIVATE_FOLDER_H_
#define VTLOOKUP_SERVER_CONFIG_PRIVATE_FOLDER_H_

#include <string>

namespace vtlookup {

// Makes the store in the folder `path` (`cache.path`) accessible to its owner
// only, in case an earlier version of the daemon left it open to others.
// Changes the folders of the databases, and `path` itself if it holds no other
// files, since an operator may share it with other programs. Folders of other
// users stay as they are. Failures are ignored.
void CloseToOthers(const std::string& path);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_CONFIG_PRIVATE_FOLDER_H_
