#ifndef VTLOOKUP_CLIENT_COMMAND_ROWS_RECORD_READER_H_
#define VTLOOKUP_CLIENT_COMMAND_ROWS_RECORD_READER_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "client/rows/format.h"
#include "client/rows/record_splitter.h"

namespace vtlookup {

// Reads records from files, one after another, or from standard input. Memory
// is bound by the longest record, which may be of 64 MiB. The byte order mark
// of UTF-8 at the beginning of a file is not part of its first record.
class RecordReader {
 public:
  // `files` may be empty: standard input. Borrows the format. `stop`, which may
  // be null: when it is true, the input is taken to end. A thread that waits
  // for input notices that when a signal interrupts it.
  RecordReader(std::vector<std::string> files, RowFormat& format,
               const std::atomic<bool>* stop = nullptr);
  ~RecordReader();

  // Waits for input. The next piece; null at the end of all. Failures: a file
  // that cannot be read, a file in UTF-16, a header that will not do, a record
  // that is too long.
  absl::StatusOr<std::unique_ptr<Chunk>> Next();

  // Of all files that are open or done; 0 when it cannot be known.
  uint64_t total_bytes() const { return total_bytes_; }
  uint64_t bytes_read() const { return bytes_read_; }

 private:
  absl::Status Open();
  void Close();
  absl::Status Fill();

  const std::vector<std::string> files_;
  RecordSplitter splitter_;
  const std::atomic<bool>* const stop_;
  std::vector<char> buffer_;
  size_t next_file_ = 0;
  int file_ = -1;
  std::string name_;
  bool at_end_ = false;  // of the file
  uint64_t total_bytes_ = 0;
  uint64_t bytes_read_ = 0;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_ROWS_RECORD_READER_H_
