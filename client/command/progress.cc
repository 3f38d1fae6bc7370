#include "client/command/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/command/units.h"
#include "core/safe_text.h"

namespace vtlookup {
namespace {

constexpr std::chrono::milliseconds kRedraw(200);
constexpr size_t kMaxFailures = 10;  // different texts in the summary
constexpr size_t kBarWidth = 24;

size_t Columns() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
    return 80;
  }
  return size.ws_col;
}

}  // namespace

Progress::Progress(bool summary, bool bar)
    : summary_(summary), bar_(bar), begin_(Clock::now()), drawn_(begin_) {}

void Progress::AddUntouched() { AddRow(); }

void Progress::AddLookup(bool cached, const std::string& failure) {
  ++looked_up_;
  if (!failure.empty()) {
    ++failed_;
    // The list is bounded, because there may be very many texts that differ
    // only in a number.
    const auto found = failures_.find(failure);
    if (found != failures_.end() || failures_.size() < kMaxFailures) {
      ++failures_[failure];
    }
  } else if (cached) {
    ++cached_;
  }
  AddRow();
}

void Progress::AddBad() {
  ++bad_;
  AddRow();
}

void Progress::AddRow() {
  ++rows_;
  Tick();
}

void Progress::Tick() {
  if (!bar_) return;
  const Clock::time_point now = Clock::now();
  if (now - drawn_ < kRedraw) return;
  drawn_ = now;
  Draw();
}

double Progress::RowsPerSecond() const {
  const std::chrono::duration<double> took = Clock::now() - begin_;
  return static_cast<double>(rows_) / std::max(took.count(), 1e-6);
}

// At the speed so far.
std::string Progress::TimeLeft(double part) const {
  if (part <= 0 || part >= 1) return "";
  const std::chrono::duration<double> took = Clock::now() - begin_;
  const absl::Duration left = absl::Seconds(took.count() * (1 - part) / part);
  return absl::StrCat(LongOf(left), " left  ");
}

void Progress::Draw() {
  std::string line;
  if (const uint64_t total = total_; total > 0) {
    const double part =
        std::min(1.0, static_cast<double>(done_) / static_cast<double>(total));
    const auto full = static_cast<size_t>(part * kBarWidth);
    line = absl::StrFormat("[%s%s] %3.0f %%  ", std::string(full, '#'),
                           std::string(kBarWidth - full, '.'), part * 100);
    line += TimeLeft(part);
  }
  absl::StrAppend(&line, Grouped(rows_), " rows  ",
                  Grouped(static_cast<uint64_t>(RowsPerSecond())), "/s  ",
                  Grouped(cached_), " hits  ", Grouped(failures()), " failed");
  line.resize(std::min(line.size(), Columns() - 1));
  std::fprintf(stderr, "\r\033[K%s", line.c_str());
  std::fflush(stderr);
  visible_ = true;
}

void Progress::Erase() {
  if (!visible_) return;
  std::fputs("\r\033[K", stderr);
  visible_ = false;
}

void Progress::Say(const std::string& line) {
  Erase();
  std::fprintf(stderr, "vtlookup: %s\n", WithControlsEscaped(line).c_str());
}

std::string Progress::Summary() const {
  const std::chrono::duration<double> took = Clock::now() - begin_;
  std::string text = absl::StrFormat(
      "%s %s in %.1f s (%s/s): %s looked up, %s of them from the cache; %s "
      "failed; %s unchanged; %s",
      Grouped(rows_), rows_ == 1 ? "row" : "rows", took.count(),
      Grouped(static_cast<uint64_t>(RowsPerSecond())), Grouped(looked_up_),
      Grouped(cached_), Grouped(failed_), Grouped(rows_ - looked_up_ - bad_),
      bad_ == 1 ? "1 line is not a row"
                : absl::StrCat(Grouped(bad_), " lines are not rows"));
  for (const auto& [failure, count] : failures_) {
    absl::StrAppend(&text, "\n  ", Grouped(count),
                    count == 1 ? " time " : " times ", failure);
  }
  return text;
}

void Progress::Finish() {
  Erase();
  if (summary_) Say(Summary());
}

}  // namespace vtlookup
