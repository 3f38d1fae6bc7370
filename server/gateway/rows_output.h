#ifndef VTLOOKUP_SERVER_GATEWAY_ROWS_OUTPUT_H_
#define VTLOOKUP_SERVER_GATEWAY_ROWS_OUTPUT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "client/rows/format.h"
#include "client/rows/record_splitter.h"
#include "core/counter.h"
#include "server/gateway/recent_answers.h"
#include "vtlookup/v1/dnif.pb.h"

namespace vtlookup {

// What became of the rows of all calls. Thread-safe.
struct RowCounts {
  Counter answered;
  Counter failed;  // rows with $VTError
  Counter without_value;
  Counter not_rows;  // records that are no rows, and were passed on unchanged
};

// A record that is to be written.
struct PlannedRow {
  enum class Kind : uint8_t {
    kRow,
    kBlank,   // an empty line, which is passed on
    kNotRow,  // passed on, too
  };
  std::shared_ptr<const Chunk> chunk;  // has the record
  Chunk::Record record;
  Kind kind = Kind::kRow;
  bool has_ours = false;                        // as in RowFormat::Parsed
  std::shared_ptr<RowAnswer> answer = nullptr;  // null: nothing is looked up
  size_t cost = 0;  // an estimate of the bytes that the row takes as it waits

  size_t size() const { return record.text.size() + record.line_break.size(); }
  bool ready() const {
    return answer == nullptr || answer->done.load(std::memory_order_acquire);
  }
};

// Makes the text of the rows of one call, and counts them. One thread.
class RowsOutput {
 public:
  // Borrows all arguments. `recent` is told how large the answers have become.
  RowsOutput(RowFormat& format, v1::DnifLookup lookup, RowCounts& counts,
             RecentAnswers& recent)
      : format_(format), lookup_(lookup), counts_(counts), recent_(recent) {}

  // Adds what comes before the rows, unless it was added.
  void AddHead();

  // Adds a row, which is ready, behind the head.
  void Add(const PlannedRow& row);

  // The text that was added since the last Take, and its size in bytes.
  size_t size() const { return text_.size(); }
  std::string Take() { return std::exchange(text_, {}); }

  // Says how many rows were added, for a trailer: `rows=7, failed=0,
  // not-rows=1`.
  std::string Summary() const;

 private:
  const std::string& AddedBy(RowAnswer& answer);

  RowFormat& format_;
  const v1::DnifLookup lookup_;
  RowCounts& counts_;
  RecentAnswers& recent_;
  bool has_head_ = false;
  std::string text_;
  std::string line_break_ = "\n";  // for a last row that has none
  uint64_t rows_ = 0;
  uint64_t failed_ = 0;
  uint64_t not_rows_ = 0;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_SERVER_GATEWAY_ROWS_OUTPUT_H_
