#ifndef VTLOOKUP_CLIENT_COMMAND_PROGRESS_H_
#define VTLOOKUP_CLIENT_COMMAND_PROGRESS_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>

namespace vtlookup {

// Counts rows and reports them on standard error: as a line that is redrawn
// while the run goes on, and as a summary at the end. Any thread may call
// SetRead; the other functions are for one thread at a time.
class Progress {
 public:
  // `summary`: print the summary. `bar`: draw the line, which makes sense on a
  // terminal only.
  Progress(bool summary, bool bar);

  // Counts a row that needs no lookup.
  void AddUntouched();

  // Counts a row with a lookup. `failure` says why the lookup failed; it is
  // empty when the lookup did not fail. The summary lists a few of the
  // failures.
  void AddLookup(bool cached, const std::string& failure);

  // Counts a record that is not a row.
  void AddBad();

  // Says how many bytes have been read, and how many there are; a `total` of 0
  // means that this is not known.
  void SetRead(uint64_t bytes, uint64_t total);

  // Prints a line, with the name of the program in front.
  void Say(const std::string& line);

  // Removes the line, and prints the summary.
  void Finish();

  // Returns how many rows have no answer, together with the records that are
  // not rows.
  uint64_t failures() const { return failed_ + bad_; }

 private:
  using Clock = std::chrono::steady_clock;

  void AddRow();
  void Draw();
  void Erase();
  std::string Summary() const;
  double RowsPerSecond() const;

  const bool summary_;
  const bool bar_;
  const Clock::time_point begin_;
  Clock::time_point drawn_;
  bool visible_ = false;
  uint64_t rows_ = 0;
  uint64_t looked_up_ = 0;
  uint64_t cached_ = 0;
  uint64_t failed_ = 0;
  uint64_t bad_ = 0;
  std::map<std::string, uint64_t> failures_;  // by text; at most kMaxFailures
  std::atomic<uint64_t> read_ = 0;
  std::atomic<uint64_t> total_ = 0;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_PROGRESS_H_
