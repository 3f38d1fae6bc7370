#ifndef VTLOOKUP_VTLOOKUP_LOOKUP_STREAM_H_
#define VTLOOKUP_VTLOOKUP_LOOKUP_STREAM_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "vtlookup/client.h"
#include "vtlookup/v1/lookup.pb.h"

namespace vtlookup {

// Any number of lookups over one connection, each answered as soon as possible,
// in any order. When the connection breaks, lookups without an answer are sent
// again on the next one, within the client's timeout; so a restart of the
// daemon loses no answer. A lookup that is refused because too many wait
// (TOO_MANY_WAITING) is sent again about a second later.
//
//   vtlookup::LookupStream stream(client, {}, [&](uint64_t id, auto result) {
//     if (result.has_response()) ...
//   });
//   for (uint64_t i = 0; i < urls.size(); ++i) stream.Send(i, urls[i]);
//   stream.Finish();
class LookupStream {
 public:
  struct Options {
    // For each lookup. The daemon is also told the timeout, so that a lookup
    // waits for the quota as long as its caller does.
    v1::LookupOptions lookup = {};
    // How long each lookup may take; zero: the client's timeout. Give it much
    // longer than the client's where lookups shall wait for the quota.
    absl::Duration timeout = absl::ZeroDuration();
    // The most lookups without an answer; Send waits while there are so many.
    size_t max_waiting = 10000;
  };

  // Runs exactly once for each Send, with an answer or a failure; one at a
  // time, on threads that are not the caller's. Must not block, nor use the
  // stream. A lookup without an answer at its timeout fails with
  // DEADLINE_EXCEEDED, or with UNAVAILABLE if the last connection broke. When
  // the daemon was unreachable for the client's timeout, lookups fail with
  // UNAVAILABLE at once, until it answers again. Any other status that ends the
  // stream fails all waiting lookups.
  using OnResult = std::function<void(uint64_t id, v1::LookupResult result)>;

  LookupStream(const Client& client, Options options, OnResult on_result);
  ~LookupStream();  // Finish
  LookupStream(const LookupStream&) = delete;
  LookupStream& operator=(const LookupStream&) = delete;

  // `id` is chosen by the caller, and used only once. One thread at a time.
  void Send(uint64_t id, const v1::Indicator& indicator);

  // Waits until every lookup has its result. Do not call Send after Finish.
  void Finish();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_VTLOOKUP_LOOKUP_STREAM_H_
