#include "server/transport/unsent_budget.h"

#include <algorithm>
#include <utility>

namespace vtlookup {
namespace {

// Adds `bytes` to `sum`, unless that would exceed `limit`. With
// `empty_takes_all` a sum of 0 takes any number.
bool Add(std::atomic<uint64_t>* sum, uint64_t bytes, uint64_t limit,
         bool empty_takes_all) {
  const uint64_t before = sum->fetch_add(bytes, std::memory_order_relaxed);
  if (before + bytes <= limit || (before == 0 && empty_takes_all)) return true;
  sum->fetch_sub(bytes, std::memory_order_relaxed);
  return false;
}

// Whether the last part of the budget is reached, and what a client may then
// have.
bool IsLastPart(uint64_t sum, uint64_t limit) { return sum > limit / 8 * 7; }
uint64_t PartOfLast(uint64_t limit) { return limit / 64; }

bool Crowded(uint64_t sum, uint64_t limit) { return sum > limit / 4 * 3; }

}  // namespace

UnsentBudget::Account& UnsentBudget::Account::operator=(
    Account&& other) noexcept {
  Shrink(held_);
  budget_ = std::exchange(other.budget_, nullptr);
  client_ = std::move(other.client_);
  connection_ = std::move(other.connection_);
  held_ = std::exchange(other.held_, 0);
  return *this;
}

bool UnsentBudget::Account::Grow(uint64_t bytes) {
  if (budget_ == nullptr) return false;
  const uint64_t limit = budget_->limit_;
  bool grown = Add(&budget_->total_, bytes, limit, false);
  if (grown && client_ != nullptr) {
    const bool last = IsLastPart(budget_->bytes(), limit);
    grown =
        Add(client_.get(), bytes, last ? PartOfLast(limit) : limit / 2, !last);
    if (grown && !Add(connection_.get(), bytes, limit / 4, true)) {
      client_->fetch_sub(bytes, std::memory_order_relaxed);
      grown = false;
    }
    if (!grown) budget_->total_.fetch_sub(bytes, std::memory_order_relaxed);
  }
  if (grown) {
    held_ += bytes;
  } else {
    budget_->refused_.Add();
  }
  return grown;
}

void UnsentBudget::Account::Shrink(uint64_t bytes) {
  if (budget_ == nullptr || bytes == 0) return;
  held_ -= bytes;
  budget_->total_.fetch_sub(bytes, std::memory_order_relaxed);
  if (client_ == nullptr) return;
  client_->fetch_sub(bytes, std::memory_order_relaxed);
  connection_->fetch_sub(bytes, std::memory_order_relaxed);
}

bool UnsentBudget::Account::crowded() const {
  if (budget_ == nullptr) return true;
  const uint64_t limit = budget_->limit_;
  return Crowded(budget_->bytes(), limit) ||
         (client_ != nullptr && (Crowded(client_->load(), limit / 2) ||
                                 Crowded(connection_->load(), limit / 4)));
}

UnsentBudget::Account UnsentBudget::OpenSmall() {
  Account account;
  account.budget_ = this;
  return account;
}

UnsentBudget::Account UnsentBudget::Open(const std::string& client,
                                         const std::string& connection) {
  Account account = OpenSmall();
  MutexLock lock(mu_);
  account.client_ = clients_.Find(client);
  account.connection_ = connections_.Find(connection);
  return account;
}

UnsentBudget::ByConnection UnsentBudget::HeldWhenPressed() const {
  ByConnection held;
  if (bytes() <= limit_ / 2) return held;
  MutexLock lock(mu_);
  for (const auto& [connection, sum] : connections_.all()) {
    if (const uint64_t bytes = sum->load(); bytes > 0) held[connection] = bytes;
  }
  return held;
}

std::shared_ptr<UnsentBudget::Bytes> UnsentBudget::Owners::Find(
    const std::string& name) {
  if (owners_.size() > sweep_above_) {
    absl::erase_if(
        owners_, [](const auto& each) { return each.second.use_count() == 1; });
    sweep_above_ = std::max<size_t>(64, 2 * owners_.size());
  }
  std::shared_ptr<Bytes>& owner = owners_[name];
  if (owner == nullptr) owner = std::make_shared<Bytes>(0);
  return owner;
}

}  // namespace vtlookup
