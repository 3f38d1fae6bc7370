#include "sim/faults.h"

#include <cstdlib>

#include "sim/text.h"

namespace vtsim {

const char kFaultHelp[] =
    R"(  MATCH  *            every request
         25%          this share of the requests, chosen by their number
         TEXT         requests whose indicator contains TEXT
  FAULT  latency:2s   the first byte comes after this time
         slow:5s      the body is sent over this time
         status:503   this HTTP status: v2 without a body, v3 with the error
                      code that belongs to the status, or without a body if
                      there is none
         error:400:NotAvailableYet
                      this error of v3
         hang         no answer at all
         reset        the connection is reset
         cut:100      the body ends after this many bytes
         junk         bytes that are not JSON
         html:404     an HTML page, as a proxy sends it (without a number: 200)
         empty        no body
         big:40000000 a body of this size
         plain        the body is not compressed
         present, missing, queued
                      not a fault: what VirusTotal knows about the indicator
)";

namespace {

std::optional<size_t> Number(std::string_view text) {
  // strtoull would take "-1" for a very large number.
  if (text.find_first_not_of("0123456789") != std::string_view::npos) {
    return std::nullopt;
  }
  const std::string copy(text);
  char* end = nullptr;
  const unsigned long long number = std::strtoull(copy.c_str(), &end, 10);
  if (end == copy.c_str() || *end != '\0') return std::nullopt;
  return number;
}

bool SetDelay(std::string_view text, std::chrono::milliseconds* out) {
  const auto duration = ParseDuration(text);
  if (duration.has_value()) *out = *duration;
  return duration.has_value();
}

bool SetFlag(std::string_view name, Fault* fault) {
  if (name == "junk") return fault->junk = true;
  if (name == "html") {
    fault->html = 200;
    return true;
  }
  if (name == "empty") return fault->empty = true;
  if (name == "reset") return fault->reset = true;
  if (name == "hang") return fault->hang = true;
  if (name == "plain") return fault->plain = true;
  if (name == "present") {
    fault->outcome = Outcome::kPresent;
  } else if (name == "missing") {
    fault->outcome = Outcome::kMissing;
  } else if (name == "queued") {
    fault->outcome = Outcome::kQueued;
  }
  return fault->outcome.has_value();
}

bool SetError(std::string_view text, Fault* fault) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  const std::optional<size_t> status = Number(text.substr(0, colon));
  if (!status.has_value() || *status < 100 || *status > 599) return false;
  fault->error = {.status = static_cast<int>(*status),
                  .code = std::string(text.substr(colon + 1))};
  return true;
}

bool AddFault(std::string_view text, Fault* fault) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return SetFlag(text, fault);
  const std::string_view name = text.substr(0, colon);
  const std::string_view value = text.substr(colon + 1);
  if (name == "latency") return SetDelay(value, &fault->latency);
  if (name == "error") return SetError(value, fault);
  if (name == "slow") return SetDelay(value, &fault->slow);
  const std::optional<size_t> number = Number(value);
  if (!number.has_value()) return false;
  if (name == "status") {
    if (*number < 100 || *number > 599) return false;
    fault->status = static_cast<int>(*number);
  } else if (name == "html") {
    if (*number < 100 || *number > 599) return false;
    fault->html = static_cast<int>(*number);
  } else if (name == "cut") {
    fault->cut = number;
  } else if (name == "big") {
    fault->big = number;
  } else {
    return false;
  }
  return true;
}

}  // namespace

std::optional<FaultRule> ParseFaultRule(std::string_view text) {
  const size_t equals = text.rfind('=');  // a URL may contain more of them
  if (equals == std::string_view::npos || equals == 0) return std::nullopt;
  FaultRule rule;
  rule.match = text.substr(0, equals);
  rule.fault.text = text.substr(equals + 1);
  if (rule.match.back() == '%') {
    const auto share =
        Number(std::string_view(rule.match).substr(0, rule.match.size() - 1));
    if (!share.has_value() || *share > 100) return std::nullopt;
    rule.share = static_cast<uint32_t>(*share);
    rule.match.clear();
  }
  const std::vector<std::string> parts = SplitText(rule.fault.text, '+');
  if (parts.empty()) return std::nullopt;
  for (const std::string& part : parts) {
    if (!AddFault(part, &rule.fault)) return std::nullopt;
  }
  return rule;
}

const Fault* FindFault(const std::vector<FaultRule>& rules,
                       std::string_view indicator, uint64_t request_number) {
  for (const FaultRule& rule : rules) {
    if (rule.match.empty()) {
      // Spread evenly, and the same in every run.
      const uint64_t mixed = request_number * 0x9E3779B97F4A7C15U;
      if ((mixed >> 32) % 100 < rule.share) return &rule.fault;
    } else if (rule.match == "*" ||
               indicator.find(rule.match) != std::string_view::npos) {
      return &rule.fault;
    }
  }
  return nullptr;
}

}  // namespace vtsim
