#ifndef VTLOOKUP_VIRUSTOTAL_API_OWNED_VERDICT_H_
#define VTLOOKUP_VIRUSTOTAL_API_OWNED_VERDICT_H_

#include <google/protobuf/arena.h>

#include <memory>

#include "vtlookup/v1/verdict.pb.h"

namespace vtlookup {

// A verdict under construction, on an arena of its own: a report is hundreds of
// small messages and texts, which are allocated and freed together this way
// (docs/adr/0031). Cheap to move; an object that was moved from may only be
// assigned to. One thread at a time.
class OwnedVerdict {
 public:
  OwnedVerdict() : arena_(std::make_unique<Arena>(Options())) {
    verdict_ = Arena::CreateMessage<v1::Verdict>(arena_.get());
  }
  OwnedVerdict(OwnedVerdict&& other) noexcept = default;
  OwnedVerdict& operator=(OwnedVerdict&& other) noexcept = default;

  v1::Verdict& operator*() { return *verdict_; }
  const v1::Verdict& operator*() const { return *verdict_; }
  v1::Verdict* operator->() { return verdict_; }
  const v1::Verdict* operator->() const { return verdict_; }

 private:
  using Arena = google::protobuf::Arena;

  static google::protobuf::ArenaOptions Options() {
    google::protobuf::ArenaOptions options;
    options.start_block_size = 16U << 10;  // most reports fit
    options.max_block_size = 256U << 10;
    return options;
  }

  std::unique_ptr<Arena> arena_;
  v1::Verdict* verdict_;  // on the arena
};

}  // namespace vtlookup

#endif  // VTLOOKUP_VIRUSTOTAL_API_OWNED_VERDICT_H_
