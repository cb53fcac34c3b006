// A formatter for spdlog that writes JSON lines. Two loggers share one sink: the default one, whose messages
// are text, and one whose messages log() has made, so that nobody's text can pass for fields.
#include "kernel/platform/logging/logging.hpp"

#include <chrono>
#include <memory>
#include <ostream>

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <nlohmann/json.hpp>

#include "kernel/platform/clock/clock.hpp"
#include "kernel/platform/logging/redact.hpp"

namespace florin {
namespace {

constexpr const char* kFieldsLogger = "florin.fields";
constexpr std::size_t kMessageBytes = 8 * 1024;
constexpr std::size_t kFieldBytes = 1024;

// Redacted, then cut, then written as a JSON string of ASCII letters alone: no line break, no terminal
// sequence, no invalid UTF-8 gets through.
std::string quoted(std::string_view text, std::size_t limit) {
  // What is far beyond the cut is not worth reading; a number cut in two there is cut away below.
  std::string clean = redact(text.substr(0, 4 * limit));
  if (clean.size() > limit) {
    clean.resize(limit);
    clean += "[cut, " + std::to_string(text.size()) + " bytes]";
  }
  return nlohmann::json(std::move(clean)).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

class JsonLines final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& entry, spdlog::memory_buf_t& line) override {
    const auto when = std::chrono::time_point_cast<std::chrono::microseconds>(entry.time);
    const std::string_view payload(entry.payload.data(), entry.payload.size());
    const bool has_fields =
        std::string_view(entry.logger_name.data(), entry.logger_name.size()) == kFieldsLogger;
    const auto level = spdlog::level::to_string_view(entry.level);
    append(line, R"({"time":")", to_text(Instant(when)), R"(","level":")",
           std::string_view(level.data(), level.size()), R"(","message":)",
           has_fields ? std::string(payload) : quoted(payload, kMessageBytes), "}\n");
  }
  std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<JsonLines>(); }

 private:
  template <class... Parts>
  static void append(spdlog::memory_buf_t& line, const Parts&... parts) {
    (line.append(std::string_view(parts).data(),
                 std::string_view(parts).data() + std::string_view(parts).size()),
     ...);
  }
};

spdlog::level::level_enum level_of(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

}  // namespace

Result<Done> start_logging(std::string_view level, std::ostream* instead) {
  const spdlog::level::level_enum wanted = spdlog::level::from_str(std::string(level));
  // spdlog takes what it does not know for "off".
  if (wanted == spdlog::level::off)
    return Error{Error::Kind::kInvalid, "log_level is one of trace, debug, info, warning, error, critical",
                 "invalid_log_level", "log_level"};
  std::shared_ptr<spdlog::sinks::sink> sink;
  if (instead != nullptr)
    sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(*instead, true);
  else
    sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  sink->set_formatter(std::make_unique<JsonLines>());
  for (const char* name : {kFieldsLogger, "florin"}) {
    const auto logger = std::make_shared<spdlog::logger>(name, sink);
    logger->set_level(wanted);
    spdlog::drop(name);
    spdlog::register_logger(logger);
    if (name != kFieldsLogger) spdlog::set_default_logger(logger);
  }
  return Done{};
}

void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) noexcept try {
  const std::shared_ptr<spdlog::logger> logger = spdlog::get(kFieldsLogger);
  if (!logger || !logger->should_log(level_of(level))) return;
  std::string rendered = quoted(message, kMessageBytes);
  for (const LogField& field : fields) {
    rendered += ",\"";
    rendered += field.name;
    rendered += "\":";
    rendered += is_secret_name(field.name) ? "\"[redacted]\"" : quoted(field.value, kFieldBytes);
  }
  logger->log(level_of(level), spdlog::string_view_t(rendered.data(), rendered.size()));
} catch (...) {
  // A line that cannot be written is no reason to fail a payment.
}

}  // namespace florin
