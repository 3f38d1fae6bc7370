#include "server/gateway/rows_output.h"

#include <optional>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "core/clock.h"
#include "server/gateway/json.h"

namespace vtlookup {

void RowsOutput::AddHead() {
  if (!std::exchange(has_head_, true)) text_ = format_.Header();
}

void RowsOutput::Add(const PlannedRow& row) {
  AddHead();
  const Chunk::Record& record = row.record;
  if (row.kind == PlannedRow::Kind::kBlank) {
    text_.append(record.line_break);
    return;
  }
  ++rows_;
  if (row.kind == PlannedRow::Kind::kNotRow) {
    ++not_rows_;
    counts_.not_rows.Add(1);
    text_.append(record.text);
  } else {
    std::optional<std::string_view> added;
    if (row.answer == nullptr) {
      counts_.without_value.Add(1);
    } else {
      added = AddedBy(*row.answer);
      const bool failed = !row.answer->answer.ok();
      failed_ += failed ? 1 : 0;
      (failed ? counts_.failed : counts_.answered).Add(1);
    }
    format_.Write(record.text, row.has_ours, {&added, 1}, &text_);
  }
  if (!record.line_break.empty()) line_break_ = record.line_break;
  text_.append(line_break_);
}

// What an answer adds to a row; rendered once.
const std::string& RowsOutput::AddedBy(RowAnswer& answer) {
  if (!std::exchange(answer.rendered, true)) {
    answer.added =
        format_.Render(FieldsOf(lookup_, answer.value, answer.answer), 0);
    answer.rendered_at = MonotonicTime();
    recent_.Grew(answer.added.size());
  }
  return answer.added;
}

std::string RowsOutput::Summary() const {
  return absl::StrCat("rows=", rows_, ", failed=", failed_,
                      ", not-rows=", not_rows_);
}

}  // namespace vtlookup
