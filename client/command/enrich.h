#ifndef VTLOOKUP_CLIENT_COMMAND_ENRICH_H_
#define VTLOOKUP_CLIENT_COMMAND_ENRICH_H_

namespace vtlookup {

struct Arguments;
struct Session;

// Adds the fields of one or more lookups to the rows of files or of standard
// input, and writes the rows to standard output in the order in which they were
// read. A line that is not a valid row goes to the rejects file or to standard
// error.
// --on-error says whether a row whose lookup failed is kept, dropped, or ends
// the run. From then on the process ignores SIGPIPE: a reader that closes
// standard output ends the run without an error. SIGINT ends the process after
// the rows that are answered, with a message that says how to go on; a second
// SIGINT ends it at once. Blocks.
//
// Ends the process with kInterrupted after SIGINT. Returns kSomeFailed when a
// row has no answer or a line is not a row. Prints why and returns kUsage when
// a file cannot be read or written, or the column does not exist.
int RunEnrich(const Session& session, const Arguments& arguments);

}  // namespace vtlookup

#endif  // VTLOOKUP_CLIENT_COMMAND_ENRICH_H_
