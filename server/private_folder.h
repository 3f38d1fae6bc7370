#ifndef VTLOOKUP_SERVER_PRIVATE_FOLDER_H_
#define VTLOOKUP_SERVER_PRIVATE_FOLDER_H_

#include <string>

namespace vtlookup {

// Makes the store in `path` (`cache.path`) readable for its owner only, if an
// earlier daemon left it open to others: the folders of the database, and
// `path` itself if nothing else lies in it, since it may be a folder that the
// operator shares with others. Folders of other users stay as they are.
void CloseToOthers(const std::string& path);

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_PRIVATE_FOLDER_H_
