#ifndef VTLOOKUP_CACHE_STORE_FILES_H_
#define VTLOOKUP_CACHE_STORE_FILES_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace vtlookup {

// Functions for the files of a store on disk. They replace a damaged database
// so that there is a complete database even if the process is killed meanwhile.
// `path` is the folder of the database. Any thread may call them, but only one
// thread at a time for one `path`.

// Names beside `path`: `<path>.new` is a new database that is being written;
// `<path>.old` is the damaged database while it is being replaced.
inline constexpr char kNewSuffix[] = ".new";
inline constexpr char kOldSuffix[] = ".old";

// Whether there is a file or folder at `path`. False when that cannot be told.
bool Exists(const std::string& path);

// The sum of the sizes, in bytes, of the files in `folder` whose names end with
// `extension`. An empty `extension` means all files. Files that cannot be read
// count as 0.
uint64_t SizeOfFiles(const std::string& folder, std::string_view extension);

// Whether the database has tables but no file CURRENT. RocksDB must not open
// such a folder: it would create a new database and delete the tables.
bool LostItsCurrent(const std::string& path);

// IsMarkedBroken says whether a file in the folder marks the database as
// damaged. MarkBroken writes that file, with the reason `why`; if writing
// fails, the database stays unmarked.
bool IsMarkedBroken(const std::string& path);
void MarkBroken(const std::string& path, std::string_view why);

// Replaces the damaged database by the new one. Internal when a folder cannot
// be renamed. If the damaged database was already renamed then, FinishReplacing
// completes the replacement at the next start; otherwise nothing has changed.
absl::Status ReplaceByNew(const std::string& path);

// Completes a ReplaceByNew that was interrupted because the process was killed,
// and removes its remaining files. Call it before the database is opened. If
// the damaged database was already renamed, the new one is complete and takes
// its place.
void FinishReplacing(const std::string& path);

}  // namespace vtlookup

#endif  // VTLOOKUP_CACHE_STORE_FILES_H_
