#ifndef VTLOOKUP_CORE_LONE_SURROGATES_H_
#define VTLOOKUP_CORE_LONE_SURROGATES_H_

#include <string>
#include <string_view>

namespace vtlookup {

// JSON writes a character beyond U+FFFF as two escapes, a surrogate pair, such
// as `\ud83d\ude00`. Programs that cut texts leave halves of such pairs, which
// JSON parsers refuse, and with them the whole document.
//
// Returns the JSON with `\ufffd`, the replacement character, for each half
// without its other half. Everything else stays, and so does a text that is not
// JSON. Thread-safe.
std::string WithoutLoneSurrogates(std::string_view json);

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_LONE_SURROGATES_H_
