#include "server/batch_outcomes.h"

#include <algorithm>
#include <array>
#include <utility>

namespace vtlookup {
namespace {

// How many lookups have their memory fetched at a time: enough to hide the
// wait, few enough to stay in the nearest cache.
constexpr size_t kAtOnce = 16;
// Of a summary, with what stands around it.
constexpr size_t kUsualSize = 320;

// Has the processor fetch what TryMemory will look at.
void Prefetch(const AskedText* asked, size_t count, MemoryCache& memory,
              std::array<size_t, kAtOnce>* hashes) {
  for (size_t i = 0; i < count; ++i) {
    (*hashes)[i] = LookupFront::HashOf(asked[i]);
    memory.PrefetchBucket((*hashes)[i]);
  }
  for (size_t i = 0; i < count; ++i) memory.PrefetchNode((*hashes)[i]);
}

}  // namespace

BatchOutcomes::Run& BatchOutcomes::LastRun() {
  if (all_.empty() || !std::holds_alternative<Run>(all_.back())) {
    all_.emplace_back(Run());
  }
  return std::get<Run>(all_.back());
}

void BatchOutcomes::Try(const std::vector<AskedText>& asked, const Want& want,
                        absl::Time now, LookupFront& front) {
  LastRun().Reserve(asked.size() * kUsualSize);
  std::array<size_t, kAtOnce> hashes;
  for (size_t begin = 0; begin < asked.size(); begin += kAtOnce) {
    const size_t count = std::min(kAtOnce, asked.size() - begin);
    Prefetch(&asked[begin], count, front.memory(), &hashes);
    for (size_t i = 0; i < count; ++i) {
      const size_t at = begin + i;
      if (front.TryMemory(asked[at], hashes[i], want, now,
                          [this](const AnswerView& answer) {
                            AppendResult(answer, view_, &LastRun());
                            tally_.Add(answer);
                          })) {
        continue;
      }
      std::visit(
          [this](auto outcome) { all_.emplace_back(std::move(outcome)); },
          front.Try(asked[at], static_cast<int>(at), want, now));
      misses_ += std::holds_alternative<Miss>(all_.back());
    }
  }
}

grpc::ByteBuffer BatchOutcomes::TakeReply() {
  ReplyBuilder builder;
  for (Outcome& outcome : all_) {
    if (auto* run = std::get_if<Run>(&outcome)) {
      builder.Append(std::move(*run));
    } else if (const auto* answer = std::get_if<Answer>(&outcome)) {
      AppendResult(ViewOf(*answer), view_, &builder);
    } else if (const auto* failure = std::get_if<absl::Status>(&outcome)) {
      AppendResult(*failure, &builder);
    }
  }
  return builder.Build();
}

}  // namespace vtlookup
