#ifndef VTLOOKUP_CLIENT_COMMAND_ROWS_ROW_WRITER_H_
#define VTLOOKUP_CLIENT_COMMAND_ROWS_ROW_WRITER_H_

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "client/command/enrich_options.h"
#include "client/command/progress.h"
#include "client/command/rows/answers.h"
#include "client/command/rows/row_queue.h"
#include "client/rows/format.h"

namespace vtlookup {

// Writes rows to standard output, each as soon as its lookup has ended, and
// counts them. One thread: the one that pops rows from the queue.
class RowWriter {
 public:
  // Borrows everything, which must outlive this object. `answers` are those of
  // each lookup. Records that are not rows are written to `rejects`, which is
  // not closed.
  // When `interrupted` is true, Write ends at the first row without an answer.
  RowWriter(EnrichOptions::OnError on_error, RowFormat& format,
            std::vector<RowAnswers*> answers, std::FILE* rejects,
            Progress& progress, const std::atomic<bool>& interrupted);

  // Writes the rows, after the header of the output if they are the first.
  // Blocks until the lookups of these rows have ended. Returns false when
  // further rows must not be written; status() then says why, unless the reader
  // has closed standard output.
  bool Write(const PlannedRows& rows);

  // Writes the head of the output if there was no row at all. Call it once,
  // when all rows are written. Returns false as Write does.
  bool End();

  // Does not write the head of the output, for an output that goes on with what
  // another run has written. Call it before the first Write.
  void LeaveHeadOut() { begun_ = true; }

  // The records of the input, whatever became of them, that are done.
  uint64_t done() const { return done_; }

  // Aborted when a lookup failed and --on-error is "fail". InvalidArgument when
  // standard output cannot be written. Otherwise OK, also after the reader of
  // standard output has closed it.
  const absl::Status& status() const { return status_; }

 private:
  void BeginOutput();
  void AppendRow(const Chunk::Record& record, const RowPlan& plan);
  bool WaitFor(const RowPlan& plan);
  bool WriteRow(const Chunk& chunk, const Chunk::Record& record,
                const RowPlan& plan);
  void Reject(const Chunk& chunk, const Chunk::Record& record,
              const std::string& fault);
  bool Flush();

  const EnrichOptions::OnError on_error_;
  RowFormat& format_;
  const std::vector<RowAnswers*> answers_;
  std::FILE* const rejects_;
  Progress& progress_;
  const std::atomic<bool>& interrupted_;
  uint64_t done_ = 0;  // records
  bool begun_ = false;
  std::string out_;                // what is not yet written
  std::string line_break_ = "\n";  // for a last row that has none
  absl::Status status_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_ROWS_ROW_WRITER_H_
