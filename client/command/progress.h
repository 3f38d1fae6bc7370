#ifndef VTLOOKUP_CLIENT_COMMAND_PROGRESS_H_
#define VTLOOKUP_CLIENT_COMMAND_PROGRESS_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>

namespace vtlookup {

// Counts rows, and tells of them on standard error: on a terminal while it goes
// on, and a summary at the end. SetRead is for any thread, the rest for one.
class Progress {
 public:
  Progress(bool summary, bool bar);

  void AddUntouched();
  // `failure` is empty when it did not fail.
  void AddLookup(bool cached, const std::string& failure);
  void AddBad();
  // Bytes so far, and in all; 0 when that is not known.
  void SetRead(uint64_t bytes, uint64_t total);

  // A line of its own.
  void Say(const std::string& line);

  void Finish();

  // Rows without their answer, and records that are no rows.
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
  std::map<std::string, uint64_t> failures_;  // by what was told, a few
  std::atomic<uint64_t> read_ = 0;
  std::atomic<uint64_t> total_ = 0;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_PROGRESS_H_
