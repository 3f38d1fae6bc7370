#ifndef VTLOOKUP_CORE_INDICATOR_H_
#define VTLOOKUP_CORE_INDICATOR_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"

namespace vtlookup {

// The kinds of indicators. The value of a kind is the first byte of the keys
// under which answers are stored on disk, so these values are never renumbered.
enum class Kind : uint8_t {
  kFile = 1,
  kUrl = 2,
  kDomain = 3,
  kIp = 4,
  kUrlScan = 5,  // one analysis of a URL, by its scan id
};

// Something that VirusTotal can be asked about, in canonical form. Two
// indicators are equal exactly when they must get the same answer. Immutable,
// so any thread may read one; cheap to move.
class Indicator {
 public:
  // The longest text that can be an indicator, in bytes.
  static constexpr size_t kMaxText = 16 * 1024;

  // Parses `text`. InvalidArgument says what is wrong, in words that may be
  // sent to the client; the message never repeats the text.
  static absl::StatusOr<Indicator> Parse(Kind kind, std::string_view text);

  Kind kind() const { return static_cast<Kind>(key_[0]); }
  // The canonical form. Valid until this object is assigned to, moved from or
  // destroyed.
  std::string_view text() const { return std::string_view(key_).substr(1); }
  // The byte of the kind, then the text. Caches use it as their key. Valid as
  // long as text().
  const std::string& key() const { return key_; }

  friend bool operator==(const Indicator& a, const Indicator& b) {
    return a.key_ == b.key_;
  }

 private:
  explicit Indicator(std::string key) : key_(std::move(key)) {}

  std::string key_;
};

}  // namespace vtlookup

#endif  // VTLOOKUP_CORE_INDICATOR_H_
