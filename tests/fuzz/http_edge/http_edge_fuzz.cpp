// Bytes from the network as HTTP requests: however they are cut, the parser reads the same requests; what it
// takes is within its limits, means the same when it is written out plainly, and is read the same by POCO's
// parser; the router answers each, and no answer can be split by what a request held.
#include <sstream>
#include <string>
#include <vector>

#include <Poco/Exception.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>

#include "kernel/platform/edge/http_head.hpp"
#include "kernel/platform/edge/http_parser.hpp"
#include "kernel/platform/edge/http_writer.hpp"
#include "kernel/platform/edge/router.hpp"
#include "tests/fuzz/support/fuzz.hpp"

namespace florin {
namespace {

// Small, so that short inputs reach them.
constexpr std::size_t kHeaderBytes = 512;
constexpr std::size_t kBodyBytes = 64;
constexpr std::size_t kUploadBytes = 200;

Task<EdgeResponse> echo(const EdgeRequest& request, const PathParams& params) {
  EdgeResponse response;
  for (const auto& [name, value] : params.all()) response.headers.emplace("X-Param-" + name, value);
  for (const auto& [name, value] : request.headers) response.headers.emplace("X-Echo-" + name, value);
  response.body = request.body;
  co_return response;
}

struct Routes : Router {
  Routes() {
    add({"GET", "/", "root", {}, echo});
    add({"GET", "/payments/history", "history", {}, echo});
    add({"GET", "/payments/{id}", "show", {}, echo});
    add({"POST", "/payments/{id}/capture", "capture", {}, echo});
    add({"POST", "/upload/{kind}/{name}", "upload", kUploadBytes, echo});
  }
};

const Router& router() {
  static const Routes routes;
  return routes;
}

std::size_t body_limit(std::string_view method, std::string_view path) {
  return router().body_limit(method, path).value_or(kBodyBytes);
}

struct Seen {
  EdgeRequest request;
  bool keep_alive = false, http_1_0 = false;
  std::size_t begin = 0, end = 0;  // Its bytes in the input.
};
struct Reading {
  std::vector<Seen> requests;
  int status = 0;  // Of the fault that ended it; 0: none.
  std::string code;
};

// One connection's input, as HttpStage reads it.
class Reader {
 public:
  void give(std::string_view bytes) {
    held_.append(bytes);
    while (!over_ && !held_.empty() && advance()) {
    }
  }
  Reading take() { return std::move(reading_); }

 private:
  bool advance() {
    if (!parser_) {
      parser_ = HttpParser::make(kHeaderBytes, limit_);
      begin_ = at_;
    }
    const std::size_t taken = parser_->feed(held_);
    FLORIN_CHECK(taken <= held_.size(), "no more is taken than was given");
    held_.erase(0, taken);
    at_ += taken;
    switch (parser_->stage()) {
      case HttpParser::Stage::kFault:
        reading_.status = parser_->fault().status;
        reading_.code = parser_->fault().code;
        over_ = true;
        return false;
      case HttpParser::Stage::kDone:
        finish();
        return true;
      default:
        FLORIN_CHECK(taken > 0 || held_.size() <= kHeaderBytes + 2, "what waits for more is bounded");
        return taken > 0;
    }
  }

  void finish() {
    Seen seen;
    seen.keep_alive = parser_->keep_alive();
    seen.http_1_0 = parser_->http_1_0();
    seen.request = parser_->take();
    seen.begin = begin_;
    seen.end = at_;
    over_ = !seen.keep_alive;
    parser_.reset();
    reading_.requests.push_back(std::move(seen));
  }

  const HttpParser::BodyLimit limit_ = body_limit;
  std::unique_ptr<HttpParser> parser_;
  std::string held_;
  std::size_t at_ = 0, begin_ = 0;
  bool over_ = false;
  Reading reading_;
};

bool same(const EdgeRequest& a, const EdgeRequest& b) {
  return a.method == b.method && a.target == b.target && a.path == b.path && a.query == b.query &&
         a.headers == b.headers && a.body == b.body;
}

void is_within_limits(const Seen& seen) {
  const EdgeRequest& request = seen.request;
  FLORIN_CHECK(request.body.size() <= body_limit(request.method, request.path), "the body has its limit");
  std::size_t head = request.method.size() + request.target.size();
  for (const auto& [name, value] : request.headers) {
    head += name.size() + value.size();
    FLORIN_CHECK(!name.empty() && name.find_first_of(" \t\r\n:") == std::string::npos, "a name is a token");
    FLORIN_CHECK(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos, "a value is a line");
  }
  FLORIN_CHECK(head <= kHeaderBytes, "the head has its limit");
  FLORIN_CHECK(request.path == "*" || request.path.starts_with('/'), "a path begins with a slash");
  FLORIN_CHECK(seen.http_1_0 || request.headers.contains("Host"), "an HTTP/1.1 request names its host");
}

// The request in the plainest form that says the same.
std::string plainly(const Seen& seen) {
  std::string text = seen.request.method + " " + seen.request.target + (seen.http_1_0 ? " HTTP/1.0" : " HTTP/1.1") + "\r\n";
  for (const auto& [name, value] : seen.request.headers)
    if (!same_token(name, "Content-Length") && !same_token(name, "Transfer-Encoding"))
      text += name + ": " + value + "\r\n";
  if (!seen.request.body.empty()) text += "Content-Length: " + std::to_string(seen.request.body.size()) + "\r\n";
  return text + "\r\n" + seen.request.body;
}

void reads_back(const Seen& seen) {
  const std::string text = plainly(seen);
  if (text.size() - seen.request.body.size() > kHeaderBytes) return;  // Longer by our own Content-Length.
  Reader reader;
  reader.give(text);
  Reading again = reader.take();
  FLORIN_CHECK(again.requests.size() == 1 && again.status == 0, "a request written plainly is a request");
  EdgeRequest expected = seen.request;
  expected.headers.erase("Transfer-Encoding");
  expected.headers.erase("Content-Length");
  // A list whose last part is empty ("a, ") ends in the blank that a reader trims.
  for (auto& [name, value] : expected.headers) value.erase(value.find_last_not_of(' ') + 1);
  again.requests[0].request.headers.erase("Content-Length");
  FLORIN_CHECK(same(again.requests[0].request, expected), "a request written plainly means the same");
  FLORIN_CHECK(again.requests[0].keep_alive == seen.keep_alive, "and keeps the connection the same");
}

// Another reader of the same bytes must see the same request: what two understand differently can be used
// to smuggle. POCO's limits are lower than ours in places; what it refuses is not compared.
void poco_agrees(const Seen& seen, std::string_view bytes) {
  std::istringstream stream{std::string(bytes)};
  Poco::Net::HTTPRequest other;
  try {
    other.read(stream);
  } catch (const Poco::Exception&) {
    return;
  }
  FLORIN_CHECK(other.getMethod() == seen.request.method, "POCO sees the same method");
  FLORIN_CHECK(other.getURI() == seen.request.target, "POCO sees the same target");
  FLORIN_CHECK(other.getVersion() == (seen.http_1_0 ? "HTTP/1.0" : "HTTP/1.1"), "POCO sees the same version");
  for (const auto& [name, value] : other)
    FLORIN_CHECK(seen.request.headers.contains(name), "POCO sees no header that we do not see");
  if (const auto length = seen.request.headers.find("Content-Length"); length != seen.request.headers.end())
    FLORIN_CHECK(std::stoull(other.get("Content-Length")) == seen.request.body.size(), "POCO sees the same length");
}

void is_answered(const Seen& seen) {
  const EdgeRequest& request = seen.request;
  const EdgeResponse response = router().answer(request).run();
  const int status = response.status;
  FLORIN_CHECK(status == 200 || status == 400 || status == 404 || status == 405, "the router answers");
  if (status == 405) {
    const std::string& allow = response.headers.at("Allow");
    const bool names_it = (", " + allow + ",").find(", " + request.method + ",") != std::string::npos;
    FLORIN_CHECK(!names_it, "a method that is allowed is not refused");
    EdgeRequest allowed = request;
    allowed.method = allow.substr(0, allow.find(','));
    FLORIN_CHECK(router().answer(allowed).run().status == 200, "a method that is named is allowed");
  }

  AnswerFrame frame;
  frame.request_id = "req_1";
  frame.keep_alive = seen.keep_alive;
  const std::string answer = serialize(response, frame);
  const std::size_t head_end = answer.find("\r\n\r\n");
  FLORIN_CHECK(answer.size() - head_end - 4 == response.body.size(), "the first empty line ends the head");
  // A line each for the status, the response's own headers, Request-Id, Date and Content-Length; and Connection.
  const auto head = std::string_view(answer).substr(0, head_end);
  const auto lines = static_cast<std::size_t>(std::count(head.begin(), head.end(), '\n')) + 1;
  FLORIN_CHECK(lines <= 1 + response.headers.size() + 4, "no header brings a line of its own");
  FLORIN_CHECK(std::count(head.begin(), head.end(), '\r') + 1 == std::ptrdiff_t(lines), "nor a bare CR");
  FLORIN_CHECK(head.find('\0') == std::string_view::npos, "nor a NUL");
}

}  // namespace

void fuzz_one(std::string_view input) {
  Reader at_once;
  at_once.give(input);
  const Reading whole = at_once.take();

  fuzz::Choices choices(input);
  Reader in_pieces;
  for (fuzz::Slices slices(input, choices); !slices.done();) in_pieces.give(slices.next());
  const Reading sliced = in_pieces.take();

  // Of two faults in one line the first met is told: a line may be found too long before it is found wrong.
  const bool too_long = whole.status == 431 || sliced.status == 431;
  FLORIN_CHECK((whole.status == 0) == (sliced.status == 0), "slicing changes no verdict");
  FLORIN_CHECK(too_long || whole.code == sliced.code, "slicing changes no reason");
  FLORIN_CHECK(whole.requests.size() == sliced.requests.size(), "slicing changes no count of requests");
  FLORIN_CHECK(whole.status == 0 || (whole.status >= 400 && whole.status < 600), "a fault has its status");
  for (std::size_t i = 0; i < whole.requests.size(); ++i) {
    const Seen& seen = whole.requests[i];
    FLORIN_CHECK(same(seen.request, sliced.requests[i].request), "slicing changes no request");
    is_within_limits(seen);
    reads_back(seen);
    poco_agrees(seen, input.substr(seen.begin, seen.end - seen.begin));
    is_answered(seen);
  }
}

}  // namespace florin
