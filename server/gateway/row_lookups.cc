#include "server/gateway/row_lookups.h"

#include <memory>
#include <utility>
#include <variant>

#include "server/lookup/fast_path.h"
#include "server/lookup/traffic.h"
#include "server/proto/indicator_fields.h"
#include "server/transport/grpc_status.h"
#include "vtlookup/row.h"

namespace vtlookup {
namespace {

// The lookups of one Ask that wait share it.
struct Common {
  CallRecord call;
  RowLookups::Take take;
};

Resolver::Done TakerOf(const std::shared_ptr<const Common>& common,
                       size_t index) {
  return [common, index](absl::StatusOr<Answer> answer) {
    common->call.Settled(answer);
    common->take(index, std::move(answer));
  };
}

}  // namespace

void RowLookups::Ask(const CallRecord& call, v1::DnifLookup lookup,
                     const std::vector<std::string>& values, const Want& want,
                     const Take& take, Waiting* waiting) const {
  if (lookup == v1::DNIF_LOOKUP_POST_SCAN_URL) {
    Submit(call, values, want, take, waiting);
  } else {
    LookUp(call, lookup, values, want, take, waiting);
  }
}

void RowLookups::LookUp(const CallRecord& call, v1::DnifLookup lookup,
                        const std::vector<std::string>& values,
                        const Want& want, const Take& take,
                        Waiting* waiting) const {
  std::vector<v1::Indicator> indicators;
  std::vector<RawIndicator> asked;
  indicators.reserve(values.size());
  asked.reserve(values.size());
  for (const std::string& value : values) {
    // Only an empty value fails, and rows do not have those.
    indicators.push_back(IndicatorFor(lookup, value).value_or(v1::Indicator()));
    asked.push_back(RawIndicatorOf(indicators.back()));
  }
  std::vector<std::pair<size_t, Miss>> misses;
  std::vector<std::pair<size_t, absl::StatusOr<Answer>>> ready;
  Traffic::Tally tally;
  parts_.fast_path.TryMany(
      asked, "rows", want, parts_.clock.Now(),
      [&](size_t index, const AnswerView& view) {
        tally.Add(view);
        ready.emplace_back(index, CopyOf(view));
      },
      [&](size_t index, FastPath::Outcome outcome) {
        if (auto* const miss = std::get_if<Miss>(&outcome)) {
          misses.emplace_back(index, std::move(*miss));
          return;
        }
        if (auto* const found = std::get_if<Answer>(&outcome)) {
          ready.emplace_back(index, std::move(*found));
        } else {
          ready.emplace_back(index, std::get<absl::Status>(outcome));
        }
        call.Settled(ready.back().second);
      });
  call.Answered(tally);
  for (auto& [index, answer] : ready) take(index, std::move(answer));
  if (misses.empty()) return;
  *waiting = Reserve(misses.size());
  const auto common = std::make_shared<const Common>(Common{call, take});
  const Requester requester = call.requester(want);
  std::vector<Resolver::Request> requests;
  requests.reserve(misses.size());
  for (size_t i = 0; i < misses.size(); ++i) {
    auto& [index, miss] = misses[i];
    miss.requester = requester;
    requests.push_back(
        {waiting->first + i, std::move(miss), TakerOf(common, index)});
  }
  parts_.resolver.Resolve(std::move(requests));
}

void RowLookups::Submit(const CallRecord& call,
                        const std::vector<std::string>& urls, const Want& want,
                        const Take& take, Waiting* waiting) const {
  std::vector<std::pair<size_t, Indicator>> parsed;
  for (size_t i = 0; i < urls.size(); ++i) {
    auto url = parts_.fast_path.Parse({Kind::kUrl, urls[i]});
    if (auto* const indicator = std::get_if<Indicator>(&url)) {
      parsed.emplace_back(i, std::move(*indicator));
      continue;
    }
    absl::StatusOr<Answer> answer = absl::UnknownError("not answered");
    if (const auto* const mistake = std::get_if<FastPath::Mistake>(&url)) {
      answer = BadField("url", mistake->what);
    } else {
      answer = std::move(std::get<Answer>(url));
    }
    call.Settled(answer);
    take(i, std::move(answer));
  }
  if (parsed.empty()) return;
  *waiting = Reserve(parsed.size());
  const auto common = std::make_shared<const Common>(Common{call, take});
  for (size_t i = 0; i < parsed.size(); ++i) {
    parts_.resolver.Submit(waiting->first + i, std::move(parsed[i].second),
                           call.requester(want),
                           TakerOf(common, parsed[i].first));
  }
}

}  // namespace vtlookup
