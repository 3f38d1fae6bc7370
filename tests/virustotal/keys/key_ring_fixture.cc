#include "tests/virustotal/keys/key_ring_fixture.h"

#include <fstream>
#include <iterator>
#include <string_view>

namespace vtlookup {

void KeyRingTest::Open(Quota::Limits limits, bool expected) {
  ring_.reset();
  reports_.clear();
  auto ledger = OpenLedger(expected);
  std::vector<KeyRing::Setup> setups;
  for (const std::string& name : names_) {
    setups.push_back({.name = name, .access = {}, .limits = limits});
  }
  ring_ = std::make_unique<KeyRing>(
      std::move(setups), std::move(ledger), now_,
      [this](std::string_view text) { reports_.emplace_back(text); });
}

std::unique_ptr<QuotaLedger> KeyRingTest::OpenLedger(bool expected) const {
  auto ledger = QuotaLedger::Open(
      {.path = path(), .boot_id = boot_id_, .expected = expected});
  EXPECT_TRUE(ledger.ok()) << ledger.status();
  return *std::move(ledger);
}

void KeyRingTest::Take(int count, Lane lane) {
  for (int i = 0; i < count; ++i) {
    const auto key = ring_->Take(lane, now_);
    ASSERT_TRUE(key.ok()) << key.status();
    ring_->Ended(**key, now_, now_);
  }
}

std::pair<int, int> KeyRingTest::Left(Lane lane) {
  std::pair<int, int> left;
  while (true) {
    const auto key = ring_->Take(lane, now_);
    if (!key.ok()) return left;
    ++((*key)->name == "one" ? left.first : left.second);
  }
}

std::string KeyRingTest::ReadRecords(const std::string& path) {
  std::ifstream in(path);
  std::string bytes((std::istreambuf_iterator<char>(in)), {});
  const size_t last = bytes.find_last_not_of('\0');
  const size_t size = last == std::string::npos ? 0 : last + 1;
  return bytes.substr(0, (size + kRecordSize - 1) / kRecordSize * kRecordSize);
}

void KeyRingTest::Write(const std::string& path, const std::string& bytes) {
  std::ofstream(path) << bytes;
}

void KeyRingTest::Damage(const std::string& path, size_t from_end) {
  std::string bytes = ReadRecords(path);
  bytes[bytes.size() - from_end * kRecordSize + 5] ^= 0x10;
  Write(path, bytes);
}

}  // namespace vtlookup
