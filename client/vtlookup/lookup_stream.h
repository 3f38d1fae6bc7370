#ifndef VTLOOKUP_VTLOOKUP_LOOKUP_STREAM_H_
#define VTLOOKUP_VTLOOKUP_LOOKUP_STREAM_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "vtlookup/client.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup {

// Any number of lookups over one connection, each answered as soon as it can
// be, in any order. When the connection breaks, what is not answered is asked
// again on the next, within the client's timeout; so a daemon that restarts
// costs no answer. What is turned away because too much waits is asked again a
// second later.
//
//   vtlookup::LookupStream stream(client, {}, [&](uint64_t id, auto result) {
//     if (result.has_response()) ...
//   });
//   for (uint64_t i = 0; i < urls.size(); ++i) stream.Send(i, urls[i]);
//   stream.Finish();
class LookupStream {
 public:
  struct Options {
    v1::LookupOptions lookup = {};  // of each
    // Lookups without an answer; beyond it Send waits.
    size_t max_waiting = 10000;
  };

  // Runs exactly once for each Send, with an answer or a failure; one at a
  // time, on threads that are not the caller's. Must not block, nor use the
  // stream. A lookup without an answer at the client's timeout fails with
  // DEADLINE_EXCEEDED. Once the daemon was away for that long, lookups fail
  // with UNAVAILABLE at once, until it is back.
  using OnResult = std::function<void(uint64_t id, v1::LookupResult result)>;

  LookupStream(const Client& client, Options options, OnResult on_result);
  ~LookupStream();  // Finish
  LookupStream(const LookupStream&) = delete;
  LookupStream& operator=(const LookupStream&) = delete;

  // `id` is the caller's, and used once. One thread at a time.
  void Send(uint64_t id, const v1::Indicator& indicator);

  // Waits until everything that was sent has its result. Nothing may be sent
  // after it.
  void Finish();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_VTLOOKUP_LOOKUP_STREAM_H_
