#ifndef VTLOOKUP_CLIENT_COMMAND_ROWS_ROW_QUEUE_H_
#define VTLOOKUP_CLIENT_COMMAND_ROWS_ROW_QUEUE_H_

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "client/command/rows/answers.h"
#include "client/command/rows/record_reader.h"

namespace vtlookup {

// What the thread that reads has decided about one record.
struct RowPlan {
  std::shared_ptr<RowAnswer> answer;  // null: the record is written as it is
  bool has_ours = false;              // the row has fields of an earlier lookup
  std::string fault;  // why the record is not a row; empty: it is one
};

// A piece of the input, with the plans for its records.
struct PlannedRows {
  std::unique_ptr<Chunk> chunk;
  std::vector<RowPlan> plans;  // one for each record
};

// Hands rows from the thread that reads to the thread that writes, in their
// order. Holds kMaxChunks chunks at most, so that memory does not grow with the
// input. Thread-safe.
class RowQueue {
 public:
  static constexpr size_t kMaxChunks = 64;

  // Blocks while the queue is full. Returns false, and drops the rows, when the
  // queue is closed.
  bool Push(PlannedRows rows);

  // Blocks while the queue is empty. Returns nothing when the queue is empty
  // and has ended.
  std::optional<PlannedRows> Pop();

  // Says that nothing is pushed any more.
  void End();

  // Says that nothing is popped any more.
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
