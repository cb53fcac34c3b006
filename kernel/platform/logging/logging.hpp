// Florin's log: one JSON object a line on standard error, every text through the redactor (redact.hpp).
// spdlog::info(...) and the like write here too; what has fields of its own uses log().
//
//   {"time":"2026-11-20T18:08:22.123Z","level":"info","message":"took payment","request_id":"req_..."}
#pragma once

#include <initializer_list>
#include <iosfwd>
#include <string>
#include <string_view>

#include <florin/result.hpp>

namespace florin {

// From now on spdlog's default logger is this log. `level`: trace, debug, info, warning, error or critical.
// `instead` (for tests) takes the lines and outlives the log. Errors: kInvalid for an unknown level.
Result<Done> start_logging(std::string_view level, std::ostream* instead = nullptr);

enum class LogLevel { kDebug, kInfo, kWarning, kError };

// `name` is snake_case and ours ("request_id", "merchant"); `value` may come from outside: redacted, escaped,
// cut at 1 KiB.
struct LogField {
  std::string_view name;
  std::string_view value;
};
// `message` is cut at 8 KiB. Safe from any thread; never throws.
void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {}) noexcept;

}  // namespace florin
