#include "server/lookup/batch_outcomes.h"

#include <utility>

#include "server/misses/refusals.h"

namespace vtlookup {
namespace {

// The usual size of a result with a summary.
constexpr size_t kUsualSize = 320;

}  // namespace

BatchOutcomes::Run& BatchOutcomes::LastRun() {
  if (all_.empty() || !std::holds_alternative<Run>(all_.back())) {
    all_.emplace_back(Run());
  }
  return std::get<Run>(all_.back());
}

size_t BatchOutcomes::Try(const std::vector<RawIndicator>& asked,
                          const Want& want, absl::Time now, FastPath& fast_path,
                          size_t begin, size_t costly) {
  if (begin == 0) LastRun().Reserve(asked.size() * kUsualSize);
  return fast_path.TryMany(
      asked, "indicators", want, now,
      [this](size_t, const AnswerView& answer) {
        Append(answer, &LastRun());
        tally_.Add(answer);
      },
      [this](size_t, FastPath::Outcome outcome) {
        misses_ += std::holds_alternative<Miss>(outcome);
        std::visit([this](auto& one) { all_.emplace_back(std::move(one)); },
                   outcome);
      },
      begin, costly);
}

// The reply is bounded because gRPC cannot send a message of 4 GiB or more, and
// because clients must hold the whole reply in memory.
void BatchOutcomes::Append(const AnswerView& answer, ReplyBuilder* out) {
  uint64_t size = answer.indicator.size() + (view_ == v1::VIEW_SUMMARY
                                                 ? answer.summary.size()
                                                 : answer.entry.value->size());
  if (answer.raw != nullptr) size += (*answer.raw)->size();
  if (bytes_ + size > max_bytes_) {
    return AppendResult(ReplyTooLarge(max_bytes_), out);
  }
  bytes_ += size;
  AppendResult(answer, view_, out);
}

grpc::ByteBuffer BatchOutcomes::TakeReply() {
  ReplyBuilder builder;
  for (Outcome& outcome : all_) {
    if (auto* run = std::get_if<Run>(&outcome)) {
      builder.Append(std::move(*run));
    } else if (const auto* answer = std::get_if<Answer>(&outcome)) {
      Append(ViewOf(*answer), &builder);
    } else if (const auto* failure = std::get_if<absl::Status>(&outcome)) {
      AppendResult(*failure, &builder);
    }
  }
  return builder.Build();
}

}  // namespace vtlookup
