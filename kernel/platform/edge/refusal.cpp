// Made by hand: it is needed most when there is no time for it.
#include "kernel/platform/edge/refusal.hpp"

#include <array>
#include <chrono>

#include <florin/check.hpp>

#include "kernel/platform/edge/http_writer.hpp"

namespace florin {
namespace {

constexpr std::string_view kPlaceholder = "req_00000000000000000000000000000000";

struct Prepared {
  std::chrono::sys_seconds second{std::chrono::seconds(-1)};
  std::string text;
  std::array<std::size_t, 2> ids{};  // Where the id stands: in its header and in the body.
};

void prepare(Prepared& prepared, Instant now) {
  prepared.text = serialize(overloaded(kPlaceholder), AnswerFrame{kPlaceholder, now, false, true, false});
  prepared.ids = {prepared.text.find(kPlaceholder), prepared.text.rfind(kPlaceholder)};
}

}  // namespace

EdgeResponse overloaded(std::string_view request_id) {
  EdgeResponse response;
  response.status = 503;
  response.headers = {{"Cache-Control", "no-store"}, {"Content-Type", "application/json"}, {"Retry-After", "1"}};
  response.body =
      R"({"error":{"type":"api_error","code":"overloaded","message":)"
      R"("More requests wait than can be served soon. Nothing was done: send this one again.","request_id":")";
  response.body.append(request_id).append(R"("}})");
  return response;
}

std::string overloaded_bytes(std::string_view request_id, Instant now) {
  FLORIN_CHECK(request_id.size() == kPlaceholder.size(), "every request's id has the same length");
  thread_local Prepared prepared;
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  if (second != prepared.second) {
    prepare(prepared, now);
    prepared.second = second;  // Only now: there may have been no memory.
  }
  for (const std::size_t at : prepared.ids) prepared.text.replace(at, request_id.size(), request_id);
  return prepared.text;
}

}  // namespace florin
