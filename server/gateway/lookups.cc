#include "server/gateway/lookups.h"

#include <optional>
#include <utility>
#include <variant>

#include "server/lookup/patience.h"
#include "server/transport/grpc_status.h"

namespace vtlookup {
namespace {

// Values some of which wait for the resolver. The loop owns its state once
// Start has been called; the waiters of the resolver share it.
class Waiting : public std::enable_shared_from_this<Waiting> {
 public:
  Waiting(Loop& loop, Resolver& resolver, const CallRecord& call,
          Lookups::Answers answers, size_t waiting, Lookups::Done done)
      : loop_(loop),
        resolver_(resolver),
        call_(call),
        answers_(std::move(answers)),
        first_id_(resolver.ReserveIds(waiting)),
        count_(waiting),
        waiting_(waiting),
        done_(std::move(done)) {}

  Resolver::WaiterId id(size_t index) const { return first_id_ + index; }

  // Cancels what still waits after `patience`.
  void StartTimer(absl::Duration patience) {
    if (patience == absl::InfiniteDuration()) return;
    loop_.Post([self = shared_from_this(), patience] {
      if (self->waiting_ == 0) return;
      self->timer_ = self->loop_.After(patience, [self] {
        self->timer_.reset();
        self->out_of_time_ = true;
        self->resolver_.Cancel(self->first_id_, self->count_);
      });
    });
  }

  Resolver::Done Taker(size_t index) {
    return [self = shared_from_this(), index](absl::StatusOr<Answer> answer) {
      self->Take(index, std::move(answer));
    };
  }

 private:
  void Take(size_t index, absl::StatusOr<Answer> answer) {
    if (out_of_time_ && absl::IsCancelled(answer.status())) {
      answer = OutOfTime();
    }
    call_.Settled(answer);
    answers_[index] = std::move(answer);
    if (--waiting_ > 0) return;
    if (timer_.has_value()) loop_.CancelTimer(*timer_);
    std::move(done_)(std::move(answers_));
  }

  Loop& loop_;
  Resolver& resolver_;
  const CallRecord call_;
  Lookups::Answers answers_;
  const Resolver::WaiterId first_id_;
  const size_t count_;
  size_t waiting_;
  bool out_of_time_ = false;
  std::optional<Loop::TimerId> timer_;
  Lookups::Done done_;
};

}  // namespace

Answer CopyOf(const AnswerView& view) {
  return {.kind = view.kind,
          .indicator = std::string(view.indicator),
          .entry = view.entry,
          .source = view.source,
          .stale = view.stale,
          .raw = view.raw == nullptr ? nullptr : *view.raw};
}

void Lookups::LookUp(const CallRecord& call, const std::vector<Value>& values,
                     std::string_view list, const Want& want, Done done) {
  std::vector<RawIndicator> asked;
  asked.reserve(values.size());
  for (const Value& value : values) asked.push_back({value.kind, value.text});
  Answers answers(values.size(), absl::UnknownError("not answered"));
  std::vector<std::pair<size_t, Miss>> misses;
  Traffic::Tally tally;
  parts_.fast_path.TryMany(
      asked, list, want, parts_.clock.Now(),
      [&](size_t index, const AnswerView& view) {
        answers[index] = CopyOf(view);
        tally.Add(view);
      },
      [&](size_t index, FastPath::Outcome outcome) {
        if (auto* const miss = std::get_if<Miss>(&outcome)) {
          misses.emplace_back(index, std::move(*miss));
        } else if (auto* const answer = std::get_if<Answer>(&outcome)) {
          answers[index] = std::move(*answer);
          call.Settled(answers[index]);
        } else {
          answers[index] = std::get<absl::Status>(outcome);
          call.Settled(answers[index]);
        }
      });
  call.Answered(tally);
  if (misses.empty()) return std::move(done)(std::move(answers));
  const auto waiting = std::make_shared<Waiting>(
      parts_.loop, parts_.resolver, call, std::move(answers), misses.size(),
      std::move(done));
  waiting->StartTimer(PatienceOf(call.time_left()));
  const Requester requester = call.requester(want);
  std::vector<Resolver::Request> requests;
  requests.reserve(misses.size());
  for (size_t i = 0; i < misses.size(); ++i) {
    auto& [index, miss] = misses[i];
    miss.requester = requester;
    requests.push_back(
        {waiting->id(i), std::move(miss), waiting->Taker(index)});
  }
  parts_.resolver.Resolve(std::move(requests));
}

void Lookups::Submit(const CallRecord& call,
                     const std::vector<std::string>& urls, Done done) {
  Answers answers(urls.size(), absl::UnknownError("not answered"));
  std::vector<std::pair<size_t, Indicator>> parsed;
  for (size_t i = 0; i < urls.size(); ++i) {
    auto url = parts_.fast_path.Parse({Kind::kUrl, urls[i]});
    if (auto* const indicator = std::get_if<Indicator>(&url)) {
      parsed.emplace_back(i, std::move(*indicator));
      continue;
    }
    if (const auto* const mistake = std::get_if<FastPath::Mistake>(&url)) {
      answers[i] = BadField("url", mistake->what);
    } else {
      answers[i] = std::move(std::get<Answer>(url));
    }
    call.Settled(answers[i]);
  }
  if (parsed.empty()) return std::move(done)(std::move(answers));
  const auto waiting = std::make_shared<Waiting>(
      parts_.loop, parts_.resolver, call, std::move(answers), parsed.size(),
      std::move(done));
  waiting->StartTimer(PatienceOf(call.time_left()));
  for (size_t i = 0; i < parsed.size(); ++i) {
    parts_.resolver.Submit(waiting->id(i), std::move(parsed[i].second),
                           call.requester(), waiting->Taker(parsed[i].first));
  }
}

}  // namespace vtlookup
