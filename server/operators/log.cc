#include "server/operators/log.h"

#include <google/protobuf/stubs/logging.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "core/safe_text.h"
#include "server/transport/grpc_log.h"

namespace vtlookup {
namespace {

spdlog::level::level_enum LevelOf(v1::LogLevel level) {
  switch (level) {
    case v1::LOG_LEVEL_DEBUG:
      return spdlog::level::debug;
    case v1::LOG_LEVEL_WARNING:
      return spdlog::level::warn;
    case v1::LOG_LEVEL_ERROR:
      return spdlog::level::err;
    default:
      return spdlog::level::info;
  }
}

// By itself protobuf writes to standard error: a line for each text of a client
// that is not UTF-8.
void TakeProtobufsLog() {
  google::protobuf::SetLogHandler([](google::protobuf::LogLevel, const char*,
                                     int, const std::string& message) {
    spdlog::debug("protobuf: {}", message);
  });
}

// Writes one line of text, whatever a message contains.
class TextLines final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message,
              spdlog::memory_buf_t& out) override {
    const spdlog::string_view_t level =
        spdlog::level::to_string_view(message.level);
    const std::string text = absl::StrCat(
        absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::FromChrono(message.time),
                         absl::UTCTimeZone()),
        " ", absl::string_view(level.data(), level.size()), " ",
        OnOneLine({message.payload.data(), message.payload.size()}), "\n");
    out.append(text.data(), text.data() + text.size());
  }

  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<TextLines>();
  }
};

// Writes one JSON object to a line, whatever a message contains.
class JsonLines final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message,
              spdlog::memory_buf_t& out) override {
    const spdlog::string_view_t level =
        spdlog::level::to_string_view(message.level);
    nlohmann::ordered_json line;
    line["time"] =
        absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::FromChrono(message.time),
                         absl::UTCTimeZone());
    line["level"] = std::string(level.data(), level.size());
    line["message"] =
        std::string(message.payload.data(), message.payload.size());
    const std::string text =
        line.dump(-1, ' ', true,
                  nlohmann::ordered_json::error_handler_t::replace) +
        "\n";
    out.append(text.data(), text.data() + text.size());
  }

  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<JsonLines>();
  }
};

}  // namespace

void SetLogLevel(v1::LogLevel level) { spdlog::set_level(LevelOf(level)); }

v1::LogLevel CurrentLogLevel() {
  switch (spdlog::get_level()) {
    case spdlog::level::debug:
      return v1::LOG_LEVEL_DEBUG;
    case spdlog::level::warn:
      return v1::LOG_LEVEL_WARNING;
    case spdlog::level::err:
      return v1::LOG_LEVEL_ERROR;
    default:
      return v1::LOG_LEVEL_INFO;
  }
}

void StartLog(const v1::LogConfig& config) {
  TakeProtobufsLog();
  TakeGrpcsLog();
  auto logger = spdlog::stderr_logger_mt("vtlookupd");
  logger->set_level(LevelOf(config.level()));
  if (config.format() == v1::LOG_FORMAT_JSON) {
    logger->set_formatter(std::make_unique<JsonLines>());
  } else {
    logger->set_formatter(std::make_unique<TextLines>());
  }
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace vtlookup
