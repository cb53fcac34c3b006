// Redacted as exchange logs are: the same bodies come by here.
#include "kernel/app/sandbox_host/request_log.hpp"

#include "kernel/platform/clock/clock.hpp"
#include "kernel/platform/http_client/exchange_log.hpp"

namespace florin {
namespace {
constexpr std::size_t kKept = 1000;
}  // namespace

void RequestLog::add(const std::string& plugin, const HttpRequest& request, int status,
                     std::string_view fault, Instant at) {
  const Headers headers = redact_headers(request.headers, nullptr);
  Json json = {{"plugin", plugin},
               {"at", to_text(at)},
               {"method", request.method},
               {"path", redact_url(request.path, nullptr)},
               {"headers", Json(std::map<std::string, std::string>(headers.begin(), headers.end()))},
               {"body", redact_body(request.body, nullptr)},
               {"status", status}};
  if (!fault.empty()) json["fault"] = fault;
  const std::lock_guard lock(mutex_);
  lines_.push_back(Line{plugin, std::move(json)});
  if (lines_.size() > kKept) lines_.pop_front();
}

Json RequestLog::describe(const std::string& plugin) const {
  Json data = Json::array();
  const std::lock_guard lock(mutex_);
  for (const Line& line : lines_)
    if (plugin.empty() || line.plugin == plugin) data.push_back(line.json);
  return {{"object", "list"}, {"data", std::move(data)}};
}

}  // namespace florin
