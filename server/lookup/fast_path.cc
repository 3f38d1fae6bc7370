#include "server/lookup/fast_path.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/text.h"
#include "google/protobuf/stubs/common.h"
#include "server/misses/refusals.h"
#include "server/proto/indicator_fields.h"
#include "server/proto/times.h"
#include "server/transport/grpc_status.h"
#include "server/verdicts/stored_verdict.h"

namespace vtlookup {
namespace {

// The number of lookups whose memory is prefetched together: enough to hide the
// latency of memory, and few enough to stay in the first cache of the
// processor.
constexpr size_t kAtOnce = 16;

// Whether the text may hold an internationalised name.
bool IsCostly(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return !absl::ascii_isascii(static_cast<unsigned char>(c));
  });
}

}  // namespace

FastPath::FastPath(Options options, Cache& cache, RawReports& raws,
                   const Upstream& upstream, PrivacyGate& privacy)
    : options_(std::move(options)),
      cache_(cache),
      raws_(raws),
      upstream_(upstream),
      privacy_(privacy) {}

std::variant<Indicator, Answer, FastPath::Mistake> FastPath::Parse(
    const RawIndicator& asked, bool* clear) {
  if (asked.text.empty()) return Mistake{"no indicator is set"};
  if (asked.text.size() > Indicator::kMaxText) {
    return Mistake{"the indicator is longer than 16 KiB"};
  }
  if (!google::protobuf::internal::IsStructurallyValidUTF8(
          asked.text.data(), static_cast<int>(asked.text.size()))) {
    return Mistake{"the indicator is not valid UTF-8"};
  }
  absl::StatusOr<Indicator> indicator =
      Indicator::Parse(asked.kind, asked.text);
  if (!indicator.ok()) {
    return UnusableAnswer(asked.kind, asked.text,
                          ToStd(indicator.status().message()));
  }
  if (absl::Status status = upstream_.CanAsk(*indicator); !status.ok()) {
    return UnusableAnswer(indicator->kind(), indicator->text(),
                          ToStd(status.message()));
  }
  std::string why;
  std::optional<Indicator> passed = privacy_.Pass(*indicator, &why, clear);
  if (!passed.has_value()) {
    return UnusableAnswer(indicator->kind(), indicator->text(), why);
  }
  return *std::move(passed);
}

void FastPath::HintRefresh(const Indicator& indicator) {
  if (cache_.ClaimRefresh(indicator.key())) options_.refresh_ahead(indicator);
}

bool FastPath::TryMemory(const RawIndicator& asked, size_t hash,
                         const Want& want, absl::Time now,
                         absl::FunctionRef<void(const AnswerView&)> use) {
  if (want.mode == Want::Mode::kRefresh || asked.text.empty()) return false;
  bool used = false;
  bool hint = false;
  const uint32_t version = privacy_.version();
  cache_.memory().Visit(KeyOf(asked), hash, [&](const MemoryCache::Seen& seen) {
    // Keys are canonical, so a text that is found unchanged is canonical, too.
    // The mark says that the privacy rules let it pass.
    if (seen.mark != version) return;
    const absl::StatusOr<StoredVerdict> head = StoredVerdict::Peek(seen.hot);
    if (!head.ok() || IsHeldBack(want, head->response_code) ||
        !Accepts(want, asked.kind, seen.entry, *head, now)) {
      return;
    }
    Bytes raw;
    if (want.raw) {
      raw = raws_.InMemory(KeyOf(asked), seen.entry.stored);
      if (raw == nullptr) return;
    }
    use({.kind = asked.kind,
         .indicator = asked.text,
         .summary =
             seen.hot.substr(0, StoredVerdict::kHeader + head->summary_size),
         .head = *head,
         .entry = seen.entry,
         .source = v1::SOURCE_MEMORY,
         .stale = false,
         .raw = raw == nullptr ? nullptr : &raw});
    used = true;
    hint = options_.refresh_ahead && SoonExpires(seen.entry, now);
  });
  if (hint) {
    const auto indicator = Indicator::Parse(asked.kind, asked.text);
    if (indicator.ok()) HintRefresh(*indicator);
  }
  return used;
}

FastPath::Outcome FastPath::Try(const RawIndicator& asked, const Want& want,
                                absl::Time now) {
  const auto field = [] { return std::string("indicator"); };
  return TryWith(&Cache::Peek, asked, field, want, now);
}

size_t FastPath::TryMany(const std::vector<RawIndicator>& asked,
                         std::string_view list, const Want& want,
                         absl::Time now, InMemory in_memory, Other other,
                         size_t begin, size_t costly) {
  std::array<size_t, kAtOnce> hashes;
  for (; begin < asked.size(); begin += kAtOnce) {
    const size_t count = std::min(kAtOnce, asked.size() - begin);
    Prefetch(&asked[begin], count, hashes.data());
    for (size_t i = 0; i < count; ++i) {
      const size_t at = begin + i;
      if (TryMemory(asked[at], hashes[i], want, now,
                    [&](const AnswerView& answer) { in_memory(at, answer); })) {
        continue;
      }
      if (IsCostly(asked[at].text) && costly-- == 0) return at;
      const auto field = [list, at] {
        return list.empty() ? "indicator"
                            : absl::StrCat(ToAbsl(list), "[", at, "]");
      };
      other(at, TryWith(&Cache::PeekMemory, asked[at], field, want, now));
    }
  }
  return asked.size();
}

// Makes the processor fetch the memory that TryMemory will read.
void FastPath::Prefetch(const RawIndicator* asked, size_t count,
                        size_t* hashes) {
  MemoryCache& memory = cache_.memory();
  for (size_t i = 0; i < count; ++i) {
    hashes[i] = HashOf(asked[i]);
    memory.PrefetchBucket(hashes[i]);
  }
  for (size_t i = 0; i < count; ++i) memory.PrefetchNode(hashes[i]);
}

FastPath::Outcome FastPath::TryWith(Look look, const RawIndicator& asked,
                                    absl::FunctionRef<std::string()> field,
                                    const Want& want, absl::Time now) {
  const uint32_t version = privacy_.version();
  bool clear = false;
  auto parsed = Parse(asked, &clear);
  if (auto* answer = std::get_if<Answer>(&parsed)) return std::move(*answer);
  if (const auto* mistake = std::get_if<Mistake>(&parsed)) {
    return BadField(field(), mistake->what);
  }
  Indicator& indicator = std::get<Indicator>(parsed);
  // A refresh takes no answer from the cache.
  if (want.mode == Want::Mode::kRefresh) {
    return Miss{std::move(indicator), want};
  }
  Cache::Peeked peeked = (cache_.*look)(indicator.key());
  const bool only = want.mode == Want::Mode::kCacheOnly;
  if (peeked.state == Cache::State::kFound) {
    if (clear) {  // so that TryMemory answers the next lookup
      cache_.memory().Mark(KeyOf({indicator.kind(), indicator.text()}),
                           version);
    }
    const Entry& entry = peeked.found->entry;
    if (AnswersAtOnce(want, indicator, entry, now)) {
      // Only the Resolver may wait for the raw report.
      if (want.raw) return Miss{std::move(indicator), want};
      if (options_.refresh_ahead && SoonExpires(entry, now)) {
        HintRefresh(indicator);
      }
      return CachedAnswer(indicator, *peeked.found, now);
    }
  }
  const bool unread = peeked.state == Cache::State::kUnknown;
  if (only && !unread) return NotCached();
  return Miss{std::move(indicator), want, unread};
}

}  // namespace vtlookup
