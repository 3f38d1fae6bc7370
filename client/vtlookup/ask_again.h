#ifndef VTLOOKUP_VTLOOKUP_ASK_AGAIN_H_
#define VTLOOKUP_VTLOOKUP_ASK_AGAIN_H_

#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup {

// Whether to send a lookup again that the daemon has refused: because it is
// shutting down (the next daemon will answer), or because too many lookups wait
// there now.
enum class Again { kNo, kOnTheNextConnection, kLater };

// What the result of a lookup asks for. Thread-safe.
Again AskAgain(const v1::LookupResult& result);

}  // namespace vtlookup

#endif  // VTLOOKUP_VTLOOKUP_ASK_AGAIN_H_
