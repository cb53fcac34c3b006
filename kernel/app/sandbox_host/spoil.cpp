// Answers gone wrong, each in its own way.
#include "kernel/app/sandbox_host/spoil.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace florin {
namespace {

using Mode = Fault::Mode;

// The head announces the whole body; half of it follows.
std::string cut_off(const HttpResponse& response) {
  const std::string body = response.body.empty() ? "{\"object\":" : response.body;
  std::string raw = fmt::format("HTTP/1.1 {} OK\r\nContent-Length: {}\r\n", response.status, body.size());
  for (const auto& [name, value] : response.headers) raw += fmt::format("{}: {}\r\n", name, value);
  return raw + "\r\n" + body.substr(0, body.size() / 2);
}

}  // namespace

const Fault* answer_fault(const std::vector<Fault>& faults) {
  const auto found =
      std::find_if(faults.begin(), faults.end(), [](const Fault& one) { return !one.about_webhooks(); });
  return found == faults.end() ? nullptr : &*found;
}

bool lets_act(Mode mode) {
  return mode != Mode::kStatus && mode != Mode::kSilentBefore && mode != Mode::kCloseBefore;
}

bool is_silent(Mode mode) { return mode == Mode::kSilentBefore || mode == Mode::kSilentAfter; }

EdgeResponse whole(const HttpResponse& response) {
  EdgeResponse made;
  made.status = response.status;
  made.headers = response.headers;
  made.body = response.body;
  return made;
}

EdgeResponse spoilt(const Fault& fault, const HttpResponse& response) {
  EdgeResponse made = whole(response);
  switch (fault.mode) {
    case Mode::kStatus:
      made.status = fault.status;
      made.headers = {{"Content-Type", "application/json"}};
      made.body = R"({"error":{"message":"a fault on demand"}})";
      break;
    case Mode::kSilentBefore:
    case Mode::kSilentAfter:
    case Mode::kCloseBefore:
    case Mode::kCloseAfter:
      made.raw = "";
      break;
    case Mode::kGarbage:
      made.status = 200;
      made.body = "\x16\x03\x01{]<garbage & no document";
      break;
    case Mode::kTruncated:
      made.raw = cut_off(response);
      break;
    case Mode::kEmpty:
      made.body.clear();
      break;
    case Mode::kSlow:
    case Mode::kDuplicateWebhooks:
    case Mode::kDropWebhooks:
    case Mode::kReorderWebhooks:
      break;
  }
  return made;
}

}  // namespace florin
