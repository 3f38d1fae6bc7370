#ifndef VTLOOKUP_CLIENT_COMMAND_ROWS_ROW_QUEUE_H_
#define VTLOOKUP_CLIENT_COMMAND_ROWS_ROW_QUEUE_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "client/command/rows/answers.h"
#include "client/command/rows/record_reader.h"

namespace vtlookup {

// What the thread that reads has decided about one record.
struct RowPlan {
  // The answers to add to the row, one for each lookup; null where nothing is
  // looked up. None for a record that is not a row. They are shared with
  // RowAnswers, which sets them, on any thread, and uses them again for later
  // rows with the same value. The thread that writes reads them when they are
  // done.
  absl::InlinedVector<std::shared_ptr<RowAnswer>, 1> answers;
  // An earlier run has added fields to this row; a new answer replaces them.
  bool has_ours = false;
  // Why the record is not a row; empty: it is a row or an empty line.
  std::string fault;
};

// Some records of the input that follow each other, with their plans.
struct PlannedRows {
  std::shared_ptr<Chunk> chunk;  // has the records
  size_t first = 0;              // record of the chunk
  std::vector<RowPlan> plans;    // one for each record, from the first on
};

// Hands rows from the thread that reads (Push, End) to the thread that writes
// (Pop, Close), in their order. Holds kMaxPieces pieces at most, so that memory
// does not grow with the input. Thread-safe.
class RowQueue {
 public:
  static constexpr size_t kMaxPieces = 64;

  // Blocks while the queue is full and not closed. When it is closed, drops the
  // rows and returns false; otherwise returns true.
  bool Push(PlannedRows rows);

  // Blocks until the queue has rows or End was called. Returns the first rows,
  // also after End; nothing when End was called and no rows are left.
  std::optional<PlannedRows> Pop();

  // Says that nothing is pushed any more. Wakes a thread that is blocked in
  // Pop.
  void End();

  // Says that nothing is popped any more. Wakes a thread that is blocked in
  // Push, where it gets false, as in every later Push. Call no Pop afterwards:
  // it could block until End.
  void Close();

 private:
  void Set(bool* flag);

  std::mutex mu_;
  std::condition_variable changed_;
  // Guarded by mu_.
  std::deque<PlannedRows> all_;
  bool ended_ = false;
  bool closed_ = false;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_ROWS_ROW_QUEUE_H_
