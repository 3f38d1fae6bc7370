#ifndef VTLOOKUP_CLIENT_ROWS_LOOSE_JSON_H_
#define VTLOOKUP_CLIENT_ROWS_LOOSE_JSON_H_

#include <string>
#include <string_view>
#include <vector>

namespace vtlookup {

// Rows are written by many programs, and not all of it is JSON that parsers
// take. These functions read such rows without a change to them.

// Returns JSON that means what `text` means, for a parser. Numbers, NaN,
// Infinity and -Infinity become strings, so that none is too large; halves of
// surrogate pairs and bytes that are not UTF-8 become U+FFFD. Everything else
// that is not JSON stays as it is, so that the parser refuses it. Thread-safe.
std::string StrictJson(std::string_view text);

// A member of a JSON object, as it is written there.
struct JsonMember {
  std::string_view key;  // with its quotes
  std::string_view value;
};

// Returns the members of an object, in their order. `object` is an object that
// a parser has taken, or whose StrictJson it has taken. Thread-safe.
std::vector<JsonMember> MembersOf(std::string_view object);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_ROWS_LOOSE_JSON_H_
