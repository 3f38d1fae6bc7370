#ifndef VTLOOKUP_CLIENT_ROWS_RECORD_SPLITTER_H_
#define VTLOOKUP_CLIENT_ROWS_RECORD_SPLITTER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/rows/format.h"

namespace vtlookup {

// A piece of input that holds whole records.
struct Chunk {
  struct Record {
    std::string_view text;        // in `bytes`, without its line break
    std::string_view line_break;  // behind it; empty at the end of a file
    uint64_t line = 0;            // of its file, from 1
  };
  std::string bytes;
  std::vector<Record> records;
  std::string file;  // where it is from, for messages
};

// Splits the bytes of files into records, as they come. Holds the beginning of
// one record and what was added last. The byte order mark of UTF-8 at the
// beginning of a file is not part of its first record. One thread.
class RecordSplitter {
 public:
  // Borrows the format. `longest`: a record that is longer, by more than what
  // is added at once, is refused. `advice` ends that message.
  RecordSplitter(RowFormat& format, size_t longest, std::string advice = "")
      : format_(format), longest_(longest), advice_(std::move(advice)) {}

  // A file begins. Call it before the first Add, and again after the end of
  // each file. `name` is for messages, which then say "NAME:LINE: "; an empty
  // one makes them say "line LINE: ".
  void BeginFile(std::string name);

  // Adds bytes of the file.
  void Add(std::string_view bytes) { rest_.append(bytes); }

  // Returns the records that are whole, and gives the head of the file to the
  // format; null when no record is whole. `at_end`: the file ends with what was
  // added; call it until it returns null or a failure. InvalidArgument: a file
  // in UTF-16, a header that will not do, a broken form, a record that is too
  // long.
  absl::StatusOr<std::unique_ptr<Chunk>> Take(bool at_end);

  // Bytes that were added and not taken.
  size_t held() const { return rest_.size(); }

 private:
  absl::Status TakeMark(bool at_end);
  absl::Status Split(bool at_end, Chunk* chunk);
  absl::Status Bad(const absl::Status& what) const;
  std::string Place() const;

  RowFormat& format_;
  const size_t longest_;
  const std::string advice_;
  std::string name_;
  bool begun_ = false;  // the beginning of the file has been looked at
  std::string rest_;    // the beginning of a record
  uint64_t line_ = 1;   // of what comes next
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_ROWS_RECORD_SPLITTER_H_
