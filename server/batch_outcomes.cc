#include "server/batch_outcomes.h"

#include <utility>

namespace vtlookup {
namespace {

// Of a summary, with what stands around it.
constexpr size_t kUsualSize = 320;

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
  front.TryMany(
      asked, "indicators", want, now,
      [this](size_t, const AnswerView& answer) {
        AppendResult(answer, view_, &LastRun());
        tally_.Add(answer);
      },
      [this](size_t, LookupFront::Outcome outcome) {
        misses_ += std::holds_alternative<Miss>(outcome);
        std::visit([this](auto& one) { all_.emplace_back(std::move(one)); },
                   outcome);
      });
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
