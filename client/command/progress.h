#ifndef VTLOOKUP_CLIENT_COMMAND_PROGRESS_H_
#define VTLOOKUP_CLIENT_COMMAND_PROGRESS_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>

namespace vtlookup {

// Counts rows that are answered, and reports the counts on standard error: in a
// progress line that is redrawn while the run goes on, and in a summary at the
// end. Any thread may call SetTotal; the other functions are for one thread at
// a time.
class Progress {
 public:
  // `summary`: Finish prints the summary. `bar`: the progress line is drawn,
  // which makes sense only if standard error is a terminal.
  Progress(bool summary, bool bar);

  // Counts a row without a lookup, because it does not have the field to look
  // up.
  void AddUntouched();

  // Counts a row with a lookup. `cached`: the answer came without a request to
  // VirusTotal. `failure` says why the lookup failed; it is empty when the
  // lookup did not fail. The summary lists the first kMaxFailures different
  // texts (progress.cc), each with its count.
  void AddLookup(bool cached, const std::string& failure);

  // Counts a record that is not a row, for example a line that is not JSON.
  void AddBad();

  // Says how many bytes the input has; 0, as at the beginning, means that this
  // is not known.
  void SetTotal(uint64_t bytes) { total_ = bytes; }

  // Says that so many more bytes of the input are done: their rows are
  // answered.
  void AddDone(uint64_t bytes) { done_ += bytes; }

  // Redraws the progress line if it is time. To be called now and then while
  // rows wait for their answers.
  void Tick();

  // Prints a line to standard error, with the name of the program in front.
  // Removes the progress line first; the next row that is counted may draw it
  // again.
  void Say(const std::string& line);

  // Removes the progress line, and prints the summary if the constructor was
  // told to. Call it once, at the end.
  void Finish();

  // Returns the number of rows whose lookup failed, plus the number of records
  // that are not rows.
  uint64_t failures() const { return failed_ + bad_; }

  // Returns the number of rows, and of those that had a value to look up.
  uint64_t rows() const { return rows_ - bad_; }
  uint64_t looked_up() const { return looked_up_; }

 private:
  using Clock = std::chrono::steady_clock;

  void AddRow();
  void Draw();
  void Erase();
  std::string Summary() const;
  std::string TimeLeft(double part) const;
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
  // Counts of failed lookups by text. Once there are kMaxFailures texts, a
  // further text is counted in `failed_` only.
  std::map<std::string, uint64_t> failures_;
  uint64_t done_ = 0;  // bytes
  std::atomic<uint64_t> total_ = 0;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_PROGRESS_H_
