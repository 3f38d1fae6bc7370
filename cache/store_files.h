#ifndef VTLOOKUP_CACHE_STORE_FILES_H_
#define VTLOOKUP_CACHE_STORE_FILES_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace vtlookup {

// The files of a store on disk: what is there, and how a damaged database is
// replaced so that a process which is killed meanwhile leaves one that is
// whole. `path` is the folder of the database. Thread-safe, as far as files
// are.

// Beside `path`: a new database that is being made, and the damaged one.
inline constexpr char kNewSuffix[] = ".new";
inline constexpr char kOldSuffix[] = ".old";

bool Exists(const std::string& path);

// The sum of the sizes of the files in `folder` whose names end with
// `extension`, or of all files if that is empty. In bytes.
uint64_t SizeOfFiles(const std::string& folder, std::string_view extension);

// Whether the file CURRENT is missing beside tables. RocksDB would make a new
// database there, and delete the tables.
bool LostItsCurrent(const std::string& path);

// A mark in the database's folder, which says that the database is damaged.
bool IsMarkedBroken(const std::string& path);
void MarkBroken(const std::string& path, std::string_view why);

// Puts the new database in the place of the damaged one. Internal when a folder
// cannot be renamed.
absl::Status ReplaceByNew(const std::string& path);

// Finishes ReplaceByNew, should the process have been killed during it: the new
// database is whole once the damaged one is out of its place. Before opening.
void FinishReplacing(const std::string& path);

}  // namespace vtlookup

#endif  // VTLOOKUP_CACHE_STORE_FILES_H_
