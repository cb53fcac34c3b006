// Requests are checked rather than escaped: a plugin or a merchant that puts a line break into a header
// is trying to write a second request.
#include "kernel/platform/http_client/wire.hpp"

#include <optional>

#include <fmt/format.h>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

namespace florin {
namespace {

namespace http = boost::beast::http;

Error invalid(std::string why) {
  return Error{Error::Kind::kUnreachable, "the request cannot be sent: " + why, "invalid_request", ""};
}

Error broken(std::string why) { return Error{Error::Kind::kBroken, std::move(why), "broken_answer", ""}; }

// RFC 9110 section 5.6.2.
bool is_token(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  for (const char c : text) {
    const bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!alphanumeric && kMarks.find(c) == std::string_view::npos) return false;
  }
  return !text.empty();
}

bool is_field_value(std::string_view text) {
  for (const char c : text)
    if ((static_cast<unsigned char>(c) < ' ' && c != '\t') || c == '\x7f') return false;
  return true;
}

// Framing is ours: a request has one length, and it is true.
bool is_ours(const std::string& name) {
  static const Headers kOurs = {
      {"Host", ""},       {"Content-Length", ""}, {"Connection", ""}, {"Transfer-Encoding", ""},
      {"Keep-Alive", ""}, {"Upgrade", ""},        {"Expect", ""},     {"TE", ""},
      {"Trailer", ""}};
  return kOurs.contains(name);
}

}  // namespace

Result<std::string> render_request(const HttpRequest& request, const Target& target) {
  if (!is_token(request.method)) return invalid("its method is no method");
  std::string wire =
      fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\n", request.method, target.path, target.authority());
  if (!request.headers.contains("User-Agent")) wire += "User-Agent: florin\r\n";
  // We read no compressed answers.
  if (!request.headers.contains("Accept-Encoding")) wire += "Accept-Encoding: identity\r\n";
  for (const auto& [name, value] : request.headers) {
    if (is_ours(name)) continue;
    if (!is_token(name) || !is_field_value(value))
      return invalid("a header's name or value has a character that headers cannot have");
    wire += fmt::format("{}: {}\r\n", name, value);
  }
  if (!request.body.empty() || (request.method != "GET" && request.method != "HEAD"))
    wire += fmt::format("Content-Length: {}\r\n", request.body.size());
  wire += "\r\n";
  wire += request.body;
  return wire;
}

struct AnswerReader::State {
  bool head = false;
  bool begun = false;
  int interim = 0;
  std::string unread;
  std::optional<http::response_parser<http::string_body>> parser;

  void renew() {
    parser.emplace();
    parser->eager(true);
    parser->skip(head);
    parser->header_limit(kAnswerHeaderBytes);
    parser->body_limit(kAnswerBodyBytes);
  }
  bool passed_interim() {
    const unsigned status = parser->get().result_int();
    if (status < 100 || status > 199 || status == 101) return false;
    ++interim;
    renew();
    return true;
  }
};

AnswerReader::AnswerReader(const std::string& method) : state_(std::make_unique<State>()) {
  state_->head = method == "HEAD";
  state_->renew();
}

AnswerReader::~AnswerReader() = default;

Result<bool> AnswerReader::take(std::string_view bytes) {
  State& s = *state_;
  s.begun = s.begun || !bytes.empty();
  s.unread.append(bytes);
  while (!s.unread.empty()) {
    boost::beast::error_code error;
    const std::size_t used =
        s.parser->put(boost::asio::const_buffer(s.unread.data(), s.unread.size()), error);
    s.unread.erase(0, used);
    if (error && error != http::error::need_more)
      return broken("the answer is no well-formed HTTP: " + error.message());
    if (s.parser->is_done()) {
      if (!s.passed_interim()) break;
      if (s.interim > 16) return broken("interim answers do not end");
    } else if (used == 0) {
      return false;
    }
  }
  if (!s.parser->is_done()) return false;
  if (s.parser->get().result_int() == 101) return broken("the far side switched protocols unasked");
  return true;
}

Result<Done> AnswerReader::end() {
  State& s = *state_;
  if (!s.parser->got_some()) return broken("the connection was closed without an answer");
  boost::beast::error_code error;
  // Completes a body whose end is the connection's; fails where a length or a last chunk was promised.
  s.parser->put_eof(error);
  if (error || !s.parser->is_done() || !s.unread.empty()) return broken("the answer was cut off");
  return Done{};
}

bool AnswerReader::begun() const { return state_->begun; }

bool AnswerReader::reusable() const {
  return state_->parser->is_done() && state_->unread.empty() && state_->parser->keep_alive();
}

HttpResponse AnswerReader::answer() {
  auto message = state_->parser->release();
  HttpResponse answer;
  answer.status = static_cast<int>(message.result_int());
  for (const auto& field : message) {
    const std::string value(field.value());
    const auto [place, fresh] = answer.headers.emplace(std::string(field.name_string()), value);
    if (!fresh) place->second += ", " + value;
  }
  answer.body = std::move(message.body());
  return answer;
}

}  // namespace florin
