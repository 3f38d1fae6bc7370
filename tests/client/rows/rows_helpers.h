#ifndef VTLOOKUP_TESTS_CLIENT_ROWS_ROWS_HELPERS_H_
#define VTLOOKUP_TESTS_CLIENT_ROWS_ROWS_HELPERS_H_

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/rows/format.h"

namespace vtlookup {

// What the tests of both formats write, and what comes of a record.

// Fields that a lookup replaces, and adds all of.
inline OwnFields Own(const std::vector<std::string>& names) {
  return {.replaced = names, .added = names};
}

inline const OwnFields kOwn = Own({"$VTURL", "$VTPositive", "$VTError"});
inline const std::vector<RowField> kFields = {
    {"$VTURL", R"("http://a/")"}, {"$VTPositive", R"(["A","B, \"C\""])"}};

struct RowOutcome {
  std::string value;  // "-" when the row does not have the field
  std::string enriched;
  std::string untouched;
};

inline RowOutcome Process(RowFormat& format, const std::string& record) {
  const auto parsed = format.Parse(record);
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  if (!parsed.ok()) return {};
  RowOutcome outcome{.value = parsed->values[0].value_or("-"),
                     .enriched = {},
                     .untouched = {}};
  const std::string rendered = format.Render(kFields, 0);
  const std::optional<std::string_view> added = rendered;
  format.Write(record, parsed->has_ours, {&added, 1}, &outcome.enriched);
  const std::optional<std::string_view> nothing;
  format.Write(record, parsed->has_ours, {&nothing, 1}, &outcome.untouched);
  return outcome;
}

}  // namespace vtlookup

#endif  // VTLOOKUP_TESTS_CLIENT_ROWS_ROWS_HELPERS_H_
