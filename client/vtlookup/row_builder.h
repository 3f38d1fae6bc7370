#ifndef VTLOOKUP_VTLOOKUP_ROW_BUILDER_H_
#define VTLOOKUP_VTLOOKUP_ROW_BUILDER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "vtlookup/row_plan.h"

namespace vtlookup {

// For row.cc and row_bytes.cc only.

// Returns a JSON string. `text` is UTF-8.
std::string QuotedJson(std::string_view text);
// Returns a time in Unix seconds as rows have it: "2026-11-27T09:00:00".
std::string TimeJson(int64_t seconds);

// Collects the fields of a row. Lists for one field are joined. One thread.
class RowBuilder {
 public:
  // Borrows the plan.
  explicit RowBuilder(const RowPlan& plan)
      : plan_(&plan), fields_(plan.names.size()) {}

  const RowPlan& plan() const { return *plan_; }

  // `target`: an index in RowPlan::names.
  void Set(size_t target, std::string json) {
    fields_[target] = {.json = std::move(json), .is_list = false};
  }
  bool Has(size_t target) const { return !fields_[target].json.empty(); }
  // Makes the field a list, which may stay empty.
  void BeginList(size_t target);
  void Append(size_t target, std::string_view item);

  // Every answer about a URL names it, even without a report.
  void NameUrl(std::string_view url) {
    if (plan_->url.has_value() && !Has(*plan_->url)) {
      Set(*plan_->url, QuotedJson(url));
    }
  }

  // Calls `use` with the name and the JSON of each field, in order. Call it
  // once, as the last function.
  template <typename Use>
  void ForEach(Use use) {
    for (size_t i = 0; i < fields_.size(); ++i) {
      if (!Has(i)) continue;
      if (fields_[i].is_list) fields_[i].json.push_back(']');
      use(plan_->names[i], std::move(fields_[i].json));
    }
  }

 private:
  // `json` of a list is without its last bracket.
  struct Field {
    std::string json;
    bool is_list = false;
  };

  const RowPlan* plan_;
  std::vector<Field> fields_;  // as RowPlan::names
};

}  // namespace vtlookup

#endif  // VTLOOKUP_VTLOOKUP_ROW_BUILDER_H_
