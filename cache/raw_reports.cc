#include "cache/raw_reports.h"

#include <functional>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/failure.h"
#include "core/failure_reasons.h"

namespace vtlookup {
namespace {

// The tier keeps times to the microsecond.
bool IsSameTime(absl::Time a, absl::Time b) {
  return absl::ToUnixMicros(a) == absl::ToUnixMicros(b);
}

bool Belongs(const Entry& entry, std::optional<absl::Time> stored) {
  return !entry.value->empty() &&
         (!stored.has_value() || IsSameTime(entry.stored, *stored));
}

absl::Status NoRoom(size_t limit) {
  return FailureStatus(
      absl::StatusCode::kResourceExhausted,
      absl::StrCat("refused: answers with reports as VirusTotal sent them take "
                   "too many bytes (limits.max_unsent is ",
                   limit,
                   " bytes); read the answers, or ask for fewer at a time"),
      {.reason = reasons::kRepliesNotRead, .retry_after = absl::Seconds(1)});
}

}  // namespace

RawReports::RawReports(Options options, std::unique_ptr<Tier> tier,
                       std::unique_ptr<Executor> executor)
    : max_held_bytes_(options.max_held_bytes),
      memory_(options.memory_bytes),
      tier_(std::move(tier)),
      writes_(tier_ == nullptr
                  ? nullptr
                  : std::make_unique<WriteBehind>(*tier_, *executor,
                                                  options.max_pending_bytes)),
      executor_(std::move(executor)) {}

RawReports::~RawReports() {
  if (tier_ != nullptr) tier_->StopTending();
}

bool RawReports::Put(std::string_view key, const Entry& entry) {
  return tier_ == nullptr || writes_->Put(key, entry);
}

// Writes an empty text, which counts as none. RocksDB drops the entry at a
// later compaction, because it has expired.
bool RawReports::Remove(std::string_view key, absl::Time now) {
  static const Bytes nothing = std::make_shared<const std::string>();
  return Put(key, {.value = nothing,
                   .stored = now,
                   .fresh_until = absl::UnixEpoch(),
                   .usable_until = absl::UnixEpoch()});
}

Bytes RawReports::InMemory(KeyView name, absl::Time stored) {
  Bytes text;
  memory_.Visit(name, MemoryCache::HashOf(name),
                [&](const MemoryCache::Seen& seen) {
                  if (Belongs(seen.entry, stored)) text = seen.entry.value;
                });
  if (text != nullptr) found_.Add();
  return text;
}

void RawReports::Read(std::string name, std::string key,
                      std::optional<absl::Time> stored, Done done) {
  if (tier_ == nullptr) return Finish(nullptr, std::move(done));
  const KeyView view{name.empty() ? '\0' : name.front(),
                     std::string_view(name).substr(name.empty() ? 0 : 1)};
  if (stored.has_value()) {
    Bytes text = InMemory(view, *stored);
    if (text != nullptr) return std::move(done)(std::move(text));
  }
  if (std::optional<Entry> waiting = writes_->Get(key)) {
    return Finish(name, *std::move(waiting), stored, std::move(done));
  }
  executor_->Run([this, name = std::move(name), key = std::move(key), stored,
                  done = std::move(done)]() mutable {
    // Before the disk is read, so that nobody waits behind reads in vain.
    if (!HasRoom()) return std::move(done)(NoRoom(max_held_bytes_));
    absl::StatusOr<Entry> entry = tier_->Get({key}).front();
    if (!entry.ok()) return Finish(nullptr, std::move(done));
    Finish(name, *std::move(entry), stored, std::move(done));
  });
}

void RawReports::Finish(const std::string& name, Entry entry,
                        std::optional<absl::Time> stored, Done done) {
  if (!Belongs(entry, stored)) return Finish(nullptr, std::move(done));
  if (WasAskedBefore(name)) memory_.Put(name, entry);
  Finish(std::move(entry.value), std::move(done));
}

void RawReports::Finish(Bytes text, Done done) {
  (text == nullptr ? missing_ : found_).Add();
  std::move(done)(text == nullptr ? nullptr : Counted(std::move(text)));
}

// Returns the text in a pointer whose last copy gives the room back.
Bytes RawReports::Counted(Bytes text) {
  const std::string* const bytes = text.get();
  const size_t size = bytes->size();
  held_->fetch_add(size);
  return {bytes, [held = held_, size,
                  text = std::move(text)](const std::string*) mutable {
            text.reset();
            held->fetch_sub(size);
          }};
}

Bytes RawReports::Get(const std::string& key, absl::Time stored) {
  if (tier_ == nullptr) return nullptr;
  std::optional<Entry> entry = writes_->Get(key);
  if (!entry.has_value()) {
    absl::StatusOr<Entry> read = tier_->Get({key}).front();
    if (!read.ok()) return nullptr;
    entry = *std::move(read);
  }
  return Belongs(*entry, stored) ? std::move(entry->value) : nullptr;
}

bool RawReports::WasAskedBefore(std::string_view name) {
  const size_t hash = std::hash<std::string_view>()(name);
  MutexLock lock(mu_);
  return std::exchange(asked_[hash % kNames], hash) == hash;
}

void RawReports::Tend() {
  if (tier_ == nullptr || tending_.exchange(true)) return;
  executor_->Run([this] {
    tier_->Tend();
    writes_->Retry();
    tending_ = false;
  });
}

}  // namespace vtlookup
