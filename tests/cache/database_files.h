#ifndef VTLOOKUP_TESTS_CACHE_DATABASE_FILES_H_
#define VTLOOKUP_TESTS_CACHE_DATABASE_FILES_H_

#include <rocksdb/db.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>

namespace vtlookup {

// Databases for tests of the parts of RocksTier, and damage to their files. One
// thread at a time for one database.

// Opens the database in `path` with the options of RocksTier, without a log.
std::unique_ptr<rocksdb::DB> OpenDatabase(const std::string& path);

// Writes the records, and compacts them into one sorted table.
void WriteAndCompact(rocksdb::DB& db,
                     const std::map<std::string, std::string>& records);

// Makes `count` records with keys "u00000", "u00001" and so on. The values are
// encoded entries (cache/entry.h) of about 1 kB, which do not compress.
std::map<std::string, std::string> SomeRecords(int count);

// Returns the largest table in the folder of a database; an empty path when
// there is none.
std::filesystem::path LargestTable(const std::string& folder);

// Flips a bit of the byte at `where`, a part of the file's size, such as 0.5.
// The database must not be open.
void FlipAByte(const std::filesystem::path& path, double where);

// Overwrites all files of the database whose names begin with `prefix` by
// nonsense.
void SpoilFiles(const std::string& folder, const std::string& prefix);

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_CACHE_DATABASE_FILES_H_
