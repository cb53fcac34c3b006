// Serialising answers. Called on workers, so that an event loop only moves bytes.
#include "kernel/platform/edge/http_writer.hpp"

#include <array>
#include <charconv>
#include <ctime>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "kernel/platform/edge/http_head.hpp"

namespace florin {
namespace {

// IMF-fixdate (RFC 9110 section 5.6.7), written once a second and thread.
std::string_view http_date(Instant now) {
  struct Cached {
    std::time_t second = -1;
    char text[32] = {};
    std::size_t size = 0;
  };
  thread_local Cached cached;
  const std::time_t second = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  if (second != cached.second) {
    std::tm parts{};
    gmtime_r(&second, &parts);
    static constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    // By hand: strftime() would follow the locale.
    const auto end =
        fmt::format_to_n(cached.text, sizeof cached.text, "{}, {:02} {} {} {:02}:{:02}:{:02} GMT",
                         kDays.at(static_cast<std::size_t>(parts.tm_wday)), parts.tm_mday,
                         kMonths.at(static_cast<std::size_t>(parts.tm_mon)), parts.tm_year + 1900,
                         parts.tm_hour, parts.tm_min, parts.tm_sec);
    cached.size = end.size;
    cached.second = second;
  }
  return {cached.text, cached.size};
}

void append_number(std::string& out, std::uint64_t number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ");
  const std::size_t from = out.size();
  out.append(value);
  for (std::size_t i = from; i < out.size(); ++i)
    if (out[i] == '\r' || out[i] == '\n' || out[i] == '\0') out[i] = ' ';
  out.append("\r\n");
}

// What the edge writes itself, whatever a handler says.
bool ours(std::string_view name) {
  for (const std::string_view reserved :
       {"Content-Length", "Date", "Connection", "Request-Id", "Transfer-Encoding", "Server"})
    if (same_token(name, reserved)) return true;
  return false;
}

}  // namespace

std::string_view reason_phrase(int status) {
  switch (status) {
    case 101:
      return "Switching Protocols";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 402:
      return "Payment Required";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 426:
      return "Upgrade Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return status < 400 ? "Success" : "Error";
  }
}

std::string serialize(const EdgeResponse& response, const AnswerFrame& frame) {
  const bool bodiless = response.status < 200 || response.status == 204 || response.status == 304;
  std::string out;
  out.reserve(256 + (frame.head_only || bodiless ? 0 : response.body.size()));
  out.append("HTTP/1.1 ");
  append_number(out, static_cast<std::uint64_t>(response.status));
  out.append(" ").append(reason_phrase(response.status)).append("\r\n");
  for (const auto& [name, value] : response.headers)
    if (!ours(name)) append_field(out, name, value);
  append_field(out, "Request-Id", frame.request_id);
  out.append("Date: ").append(http_date(frame.now)).append("\r\n");
  if (!bodiless) {
    out.append("Content-Length: ");
    append_number(out, response.body.size());
    out.append("\r\n");
  }
  if (frame.upgrade)
    out.append("Connection: Upgrade\r\n");
  else if (!frame.keep_alive)
    out.append("Connection: close\r\n");
  else if (frame.http_1_0)
    out.append("Connection: keep-alive\r\n");
  out.append("\r\n");
  if (!frame.head_only && !bodiless) out.append(response.body);
  return out;
}

EdgeResponse problem_response(int status, std::string_view code, std::string_view message,
                              std::string_view request_id) {
  std::string_view type = "invalid_request_error";
  if (status == 429) type = "rate_limit_error";
  if (status >= 500) type = "api_error";
  nlohmann::json error = {{"type", type}, {"code", code}, {"message", message}, {"request_id", request_id}};
  nlohmann::json body = {{"error", std::move(error)}};
  EdgeResponse response;
  response.status = status;
  response.headers.emplace("Content-Type", "application/json");
  response.headers.emplace("Cache-Control", "no-store");
  response.body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return response;
}

}  // namespace florin
